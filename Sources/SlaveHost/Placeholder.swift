enum SlaveHostPlaceholder {}
