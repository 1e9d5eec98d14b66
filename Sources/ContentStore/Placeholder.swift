enum ContentStorePlaceholder {}
