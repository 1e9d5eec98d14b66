import BuilddProtocol
import FarmModel
import OrderedCollections
import XMLRPC

/// The method `build`: its checks in the real slave's order, with what each has done by the time the next one
/// fails (protocol spec 6).
extension MockSlave {
    mutating func build(
        _ parameters: [XMLRPCValue], script: (BuildOrder) -> BuildScript
    ) -> XMLRPCResponse {
        guard let typeName = PythonText.lookedUp(parameters[1]) else { return .slaveError }
        let names = BuildType.names(in: configuration.dialect)
        let id = parameters[0]
        guard case .string = parameters[1], let type = BuildType(name: typeName, in: configuration.dialect)
        else {
            return .success(
                BuildReply(
                    status: "BuilderStatus.UNKNOWNBUILDER",
                    information: "\(typeName) not in \(listed(names))"
                ).encoded)
        }
        let files: [BuildFile]
        switch checkedFiles(chroot: parameters[2], files: parameters[3]) {
        case .success(let known): files = known
        case .failure(let refusal): return refusal.response
        }
        guard PythonText.isTrue(id) else { return .slaveError }

        let isRefused = build != nil
        if !isRefused || has(.refusedBuildRenames) { reportedID = id }
        guard let idText = id.stringValue else { return isRefused ? refuseBuild(id) : .slaveError }
        if !isRefused || has(.refusedBuildEmptiesLog) { log.empty(at: clock) }
        guard !isRefused else { return refuseBuild(id) }

        let arguments = parameters[4]
        let tag = arguments.structValue?["arch_tag"]
        let order = BuildOrder(
            slave: configuration.name, buildID: idText, type: typeName,
            chroot: parameters[2].stringValue ?? "", files: files, arguments: arguments,
            architectureTag: tag.flatMap(PythonText.lookedUp) ?? configuration.architectureTag)
        return start(order, type: type, script: script)
    }

    private mutating func refuseBuild(_ id: XMLRPCValue) -> XMLRPCResponse {
        note(.buildRefused(id: PythonText.lookedUp(id) ?? ""))
        return .slaveError
    }

    private mutating func start(
        _ order: BuildOrder, type: BuildType, script: (BuildOrder) -> BuildScript
    ) -> XMLRPCResponse {
        let reading = BuildArguments(type: type, order: order, dialect: configuration.dialect)
        let isFree = !has(.leftoverDirectoryBlocks) || !directories.contains(order.buildID)
        let plan: BuildPlan
        do throws(BuildArguments.Failure) {
            plan = try reading.plan(directoryIsFree: isFree)
        } catch {
            return failToStart(order, type: type, error)
        }
        logURL(of: order)
        rememberDirectory(order.buildID)
        build = Build(order: order, type: type, plan: plan, script: script(order))
        note(.buildStarted(id: order.buildID, type: order.type))
        if build?.expectsResults == true { askForResults() }
        beginStep(.side(.prepare), at: clock)
        advanceBuild(to: clock, noticedFrom: nil)
        let id = XMLRPCValue.string(order.buildID)
        if configuration.mockStyle {
            return .success(ManagersMock.buildAnswer(id: id, dialect: configuration.dialect))
        }
        return .success(.array([.string(BuilderState.building.wireText), id]))
    }

    /// The state has changed already, and nothing runs: the slave is BUILDING for good.
    private mutating func failToStart(
        _ order: BuildOrder, type: BuildType, _ failure: BuildArguments.Failure
    ) -> XMLRPCResponse {
        guard has(.badBuildSticks) else {
            _ = log.discard()
            reportedID = .nil
            return .slaveError
        }
        if failure.hasLoggedURL { logURL(of: order) }
        if failure.hasDirectory { rememberDirectory(order.buildID) }
        build = Build(
            order: order, type: type, plan: nil, breaksStatus: failure.breaksStatus, script: BuildScript())
        note(.buildStuck(id: order.buildID))
        return .slaveError
    }

    private mutating func logURL(of order: BuildOrder) {
        guard !isOld, let url = order.argument("build_url") else { return }
        writeLog(StepCommand.text(url) + "\n")
    }

    private mutating func rememberDirectory(_ id: String) {
        directories.removeAll { $0 == id }
        directories.append(id)
        if directories.count > configuration.directoryLimit { directories.removeFirst() }
    }

    private func listed(_ names: [String]) -> String {
        isOld
            ? PythonText.list(has(.hashOrder) ? PythonHashOrder.order(of: names) : names, old: true)
            : PythonText.list(names)
    }

    // The chroot and the source files.

    private struct Refusal: Error {
        var response: XMLRPCResponse
    }

    private func checkedFiles(chroot: XMLRPCValue, files: XMLRPCValue) -> Result<[BuildFile], Refusal> {
        guard let chroot = chroot.stringValue else { return .failure(Refusal(response: .slaveError)) }
        guard isAcceptable(chroot) else {
            return .failure(Refusal(response: unknownSum("CHROOTSUM", chroot, indent: 12)))
        }
        guard let members = files.structValue else { return .failure(Refusal(response: .slaveError)) }
        var known: [BuildFile] = []
        for (name, sum) in members {
            guard let sum = sum.stringValue else { return .failure(Refusal(response: .slaveError)) }
            guard isAcceptable(sum) else {
                return .failure(Refusal(response: unknownSum("FILESUM", sum, indent: 16)))
            }
            known.append(BuildFile(name: name, sum: sum))
        }
        return .success(known)
    }

    private func isAcceptable(_ sum: String) -> Bool { configuration.mockStyle || isPresent(sum) }

    private func unknownSum(_ what: String, _ sum: String, indent: Int) -> XMLRPCResponse {
        let blanks = String(repeating: " ", count: indent)
        let lines =
            ["\(what) -> \(sum)"]
            + ["***** INFO *****", "No URL", "****************", ""].map { blanks + $0 }
        return .success(
            BuildReply(
                status: "BuilderStatus.UNKNOWNSUM", information: lines.joined(separator: "\n")
            ).encoded)
    }
}
