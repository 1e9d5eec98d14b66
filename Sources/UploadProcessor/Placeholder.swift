enum UploadProcessorPlaceholder {}
