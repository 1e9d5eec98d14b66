enum BuildManagerPlaceholder {}
