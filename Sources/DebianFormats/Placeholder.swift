enum DebianFormatsPlaceholder {}
