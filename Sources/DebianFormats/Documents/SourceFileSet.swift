/// Which files a source package of a format must and may have (ppa spec 3.7).
struct SourceFileSet {
    private var originals: [(component: String?, compression: UploadFileName.Compression)] = []
    private var signatures: [String?] = []
    private var debianTarballs: [UploadFileName.Compression] = []
    private var nativeTarballs: [UploadFileName.Compression] = []
    private var diffs = 0

    init(_ kinds: [UploadFileName.SourceFileKind]) {
        for kind in kinds {
            switch kind {
            case .original(let component, let compression): originals.append((component, compression))
            case .originalSignature(let component, _): signatures.append(component)
            case .debianTarball(let compression): debianTarballs.append(compression)
            case .nativeTarball(let compression): nativeTarballs.append(compression)
            case .diff: diffs += 1
            }
        }
    }

    func whyUnfit(for format: SourceControlFile.Format) -> String? {
        let isNative =
            nativeTarballs.count == 1 && originals.isEmpty && signatures.isEmpty && debianTarballs.isEmpty
            && diffs == 0
        switch format {
        case .native:
            return isNative ? nil : "a source of format 3.0 (native) has exactly one file, a tarball"
        case .v1:
            let isPatched =
                originals.count == 1 && originals[0].component == nil && originals[0].compression == .gz
                && diffs == 1 && nativeTarballs.isEmpty && debianTarballs.isEmpty && hasSoundSignatures
            return isPatched || isNative && nativeTarballs == [.gz]
                ? nil : "a source of format 1.0 has one .tar.gz, or one .orig.tar.gz and one .diff.gz"
        case .quilt:
            let isQuilt =
                originals.count(where: { $0.component == nil }) == 1 && debianTarballs.count == 1
                && nativeTarballs.isEmpty && diffs == 0 && hasSoundSignatures
                && Set(originals.map(\.component)).count == originals.count
            return isQuilt
                ? nil
                : "a source of format 3.0 (quilt) has one .orig.tar, one .debian.tar and at most one .orig-NAME.tar "
                    + "of a NAME"
        }
    }

    /// At most one signature for each original tarball, and none without its tarball.
    private var hasSoundSignatures: Bool {
        Set(signatures).count == signatures.count
            && signatures.allSatisfy { name in originals.contains { $0.component == name } }
    }
}
