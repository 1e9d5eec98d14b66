import NIOCore
import NIOPosix

/// `ftp:` addresses are tried by the real slave. A farm has no such servers, so only the try is imitated: the
/// failure is that of the connection, or that of a server which lets nobody in.
enum FTPProbe {
    static func failure(for url: String, group: any EventLoopGroup) async -> FetchFailure {
        let authority =
            url.dropFirst("ftp://".count).prefix { !"/?#".contains($0) }
            .split(separator: "@").last ?? ""
        let parts = authority.split(separator: ":", maxSplits: 1)
        guard let host = parts.first, !host.isEmpty else {
            return .unreachable("<urlopen error ftp error: no host given>")
        }
        do {
            let channel = try await ClientBootstrap(group: group)
                .connect(host: String(host), port: parts.count > 1 ? Int(parts[1]) ?? 21 : 21).get()
            try? await channel.close()
            return .unreachable("<urlopen error ftp error: error_perm('530 Login incorrect.')>")
        } catch {
            return .unreachable("<urlopen error \(URLError.text(for: error))>")
        }
    }
}
