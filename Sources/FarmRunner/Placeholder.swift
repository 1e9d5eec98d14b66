enum FarmRunnerPlaceholder {}
