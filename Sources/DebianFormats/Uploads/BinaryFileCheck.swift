import FarmModel

/// Whether one binary package agrees with its name, its line in the `.changes` and the upload it is part of (ppa
/// spec 3.9).
struct BinaryFileCheck {
    let rules: BinaryUploadCheck
    let name: UploadFileName
    let kind: UploadFileName.BinaryKind
    let listed: ListedFile
    let changes: ChangesFile

    func problems(with control: BinaryControl) -> [FormatProblem] {
        [
            nameProblem(control), versionProblem(control), architectureProblem(control),
            sourceProblem(control),
            sectionProblem(control), priorityProblem(control),
        ].compactMap { $0 }
    }

    /// The first packaged file whose time cannot be true; one is enough to say so.
    func problems(withTimesIn archive: DebArchive, now: Instant) -> [FormatProblem] {
        let latest = (now + rules.limits.futureTolerance).wholeSeconds
        let earliest = rules.limits.earliestTime.wholeSeconds
        for member in archive.controlMembers + archive.dataMembers {
            let time: String
            if member.modified > latest {
                time = "in the future"
            } else if member.modified < earliest {
                time = "before \(DebianDate.text(rules.limits.earliestTime))"
            } else {
                continue
            }
            return [problem(.debTime, "\(quoted("./" + member.path)) in the package is of a time \(time)")]
        }
        return []
    }

    private func nameProblem(_ control: BinaryControl) -> FormatProblem? {
        if control.package != name.package {
            return problem(.debName, "the package calls itself \(control.package), its file \(name.package)")
        }
        // Debug packages are made behind the back of the source's control file.
        if kind != .ddeb, !changes.binaries.contains(control.package.rawValue) {
            return problem(.debName, "\(control.package) is not named in the field Binary of the .changes")
        }
        return nil
    }

    /// The version may be another than the one of the upload, as after a rebuild of the binaries alone.
    private func versionProblem(_ control: BinaryControl) -> FormatProblem? {
        guard control.version.withoutEpoch != name.version else { return nil }
        return problem(
            .debVersion, "the package is of version \(control.version), its file is named for \(name.version)"
        )
    }

    private func architectureProblem(_ control: BinaryControl) -> FormatProblem? {
        let architecture = control.architecture
        if architecture.rawValue != name.architecture {
            return problem(
                .debArchitecture,
                "the package is for \(architecture), its file is named for \(name.architecture ?? "none")")
        }
        guard architecture == rules.architecture || architecture == .all else {
            return problem(
                .debArchitecture,
                "the package is for \(architecture), but the build was for \(rules.architecture)")
        }
        guard changes.architectures.contains(architecture.rawValue) else {
            return problem(
                .debArchitecture,
                "the package is for \(architecture), which the field Architecture of the .changes does not name"
            )
        }
        return nil
    }

    private func sourceProblem(_ control: BinaryControl) -> FormatProblem? {
        if control.sourceName != changes.source.name {
            return problem(
                .debSource,
                "the package was built from \(control.sourceName), the upload is of \(changes.source.name)")
        }
        guard control.sourceVersion.text == changes.sourceVersion.text else {
            return problem(
                .debSource,
                "the package was built from version \(control.sourceVersion) of its source, the upload is of "
                    + "\(changes.sourceVersion)")
        }
        return nil
    }

    private func sectionProblem(_ control: BinaryControl) -> FormatProblem? {
        guard let inside = control.section, let outside = listed.section, inside != outside else {
            return nil
        }
        return problem(.debSection, "the package is of section \(inside), the .changes says \(outside)")
    }

    private func priorityProblem(_ control: BinaryControl) -> FormatProblem? {
        guard let inside = control.priority, let outside = listed.priority else { return nil }
        if ASCII.lowercased(inside) == ASCII.lowercased(outside) { return nil }
        // `-` and `extra` are two spellings of one priority.
        if let known = PackagePriority(word: inside), known == PackagePriority(word: outside) { return nil }
        return problem(
            .debPriority, "the package is of priority \(quoted(inside)), the .changes says \(quoted(outside))"
        )
    }

    private func problem(_ code: FormatProblem.Code, _ message: String) -> FormatProblem {
        FormatProblem(code, message, file: name.description)
    }
}
