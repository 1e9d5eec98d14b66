enum SlaveHTTPPlaceholder {}
