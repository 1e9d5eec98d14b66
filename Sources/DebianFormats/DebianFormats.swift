// The formats of Debian packages, as values: what others sent is read by checking initialisers, what the fakes send
// is written by `PackageBuilder`.
//
// ControlData   stanzas of fields (deb822), clear-signed wrappers
// Names         file names, package names, sections, persons
// Versions      versions, their order and its key
// Relations     Depends and its kin
// Documents     .changes, .dsc, .buildinfo, the control file of a package, lists of files
// Bytes         sources of bytes, checksums
// Packages      reading and writing .deb on libarchive, without a disk
// Building      made-up packages and sources
// Uploads       whether what a build left is what it says
//
// Everything read here is hostile: every reader has limits, which are properties with defaults, and says what was
// wrong in a `DebianFormatsError`. Nothing here verifies signatures or knows what an archive already holds. The only
// files that touch a disk are `FileByteSource` and `FolderUpload`.
