enum MockSlavePlaceholder {}
