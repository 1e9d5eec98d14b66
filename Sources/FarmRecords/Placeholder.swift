enum FarmRecordsPlaceholder {}
