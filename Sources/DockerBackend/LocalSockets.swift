internal import Foundation

/// TCP sockets of this machine, from proc(5). Empty where there is no /proc.
enum LocalSockets {
    /// Ports on which something listens, each with its holder in words.
    static var listening: [Int: String] { holders(of: rows.filter { $0.state == .listening }) }

    /// The near end of a connection: what listens cannot have its port.
    enum NearEnd: Equatable {
        /// The connection goes on; who has it, in words.
        case open(String)
        /// Nobody has it any more, and the system keeps the port for another minute at most, as TIME_WAIT of tcp(7).
        case ended
    }

    /// Those of the ports that are near ends now, of the range for outgoing connections.
    static func nearEnds(of ports: Set<Int>) -> [Int: NearEnd] {
        let rows = rows.filter { ports.contains($0.port) && PortRange.ofThisMachine?.contains($0.port) == true }
        let ended = rows.filter { $0.state == .ended }.map { ($0.port, NearEnd.ended) }
        let open = holders(of: rows.filter { $0.state == .connected }).mapValues(NearEnd.open)
        return open.merging(ended) { open, _ in open }
    }

    private enum State { case listening, connected, ended }

    private struct Row {
        let port: Int
        let state: State
        let inode: Substring
    }

    private static var rows: [Row] {
        ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { table in
            text(of: table).split(separator: "\n").dropFirst().compactMap(row)
        }
    }

    /// The whole of a file that tells no size: Foundation takes the first short read, after 4 kB, for its end.
    private static func text(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Field 1 is ADDRESS:PORT in hexadecimal, field 3 the state, field 9 the socket's inode, 0 where no program has it any more. Of the
    /// states 0A is LISTEN; 07, CLOSE, keeps nobody from listening.
    private static func row(_ line: Substring) -> Row? {
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] != "07", let colon = fields[1].lastIndex(of: ":"),
            let port = Int(fields[1][fields[1].index(after: colon)...], radix: 16)
        else { return nil }
        let state: State = fields[3] == "0A" ? .listening : fields[9] == "0" ? .ended : .connected
        return Row(port: port, state: state, inode: fields[9])
    }

    private static func holders(of rows: [Row]) -> [Int: String] {
        guard !rows.isEmpty else { return [:] }
        let holders = processes(with: Set(rows.map(\.inode)))
        let words = rows.map { ($0.port, holders[$0.inode] ?? "another program of this machine") }
        return Dictionary(words) { _, last in last }
    }

    /// Which process has each of these sockets open, in words. Only root sees those of other users.
    private static func processes(with sockets: Set<Substring>) -> [Substring: String] {
        var found: [Substring: String] = [:]
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in processes where process.first?.isNumber == true {
            guard found.count < sockets.count else { break }
            let folder = "/proc/\(process)/fd"
            for descriptor in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                guard let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)"),
                    link.hasPrefix("socket:["), case let inode = link.dropFirst(8).dropLast(), sockets.contains(inode)
                else { continue }
                found[inode] = "process \(process)\(name(of: process).map { " (\($0))" } ?? "")"
            }
        }
        return found
    }

    private static func name(of process: String) -> String? {
        (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
