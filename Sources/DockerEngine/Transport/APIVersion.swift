import Synchronization

/// A version of the Engine API, as in `1.41`.
struct APIVersion: Sendable, Comparable, CustomStringConvertible {
    let major: Int
    let minor: Int

    /// The oldest version whose shapes this client knows.
    static let oldest = APIVersion(major: 1, minor: 41)

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
        self.init(major: major, minor: minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: APIVersion, right: APIVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}

/// The version agreed with the engine, once it is known. Tasks that ask at the same time may all ask the engine; they agree.
final class NegotiatedVersion: Sendable {
    private let agreed = Mutex<APIVersion?>(nil)

    var value: APIVersion? { agreed.withLock { $0 } }

    /// Takes the engine's own version, which every engine serves whatever its oldest is.
    func settle(_ offered: String?, operation: String) throws(EngineError) -> APIVersion {
        guard let offered, let version = APIVersion(offered) else {
            throw EngineError(
                code: .protocolError,
                operation: operation,
                message: "the answer to /_ping names no API version",
                advice: "check that the address is that of a Docker engine"
            )
        }
        guard version >= .oldest else {
            throw EngineError(
                code: .unsupportedVersion,
                operation: operation,
                message: "the engine's API is \(version), and at least \(APIVersion.oldest) is needed",
                advice: "upgrade the engine to Docker 20.10 or later"
            )
        }
        agreed.withLock { $0 = version }
        return version
    }
}
