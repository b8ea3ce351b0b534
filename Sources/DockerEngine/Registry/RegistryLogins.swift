#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The registries that this user is logged in at, as `docker login` wrote them down. Read when an image is pulled.
public struct RegistryLogins: Sendable, Equatable {
    /// What is known of one registry.
    public enum Entry: Sendable, Equatable {
        case login(RegistryLogin)
        /// A program of this name keeps the login, as in `docker-credential-pass`.
        case keptBy(program: String)
        case nothing
    }

    private let file: String?

    /// Logged in nowhere.
    public static let none = RegistryLogins(file: nil)

    init(file: String?) { self.file = file }

    /// Those in `config.json` of the folder that `DOCKER_CONFIG` names, or of `~/.docker`.
    public static func fromEnvironment(_ environment: [String: String]) -> RegistryLogins {
        if let folder = environment["DOCKER_CONFIG"], !folder.isEmpty {
            return RegistryLogins(file: folder + "/config.json")
        }
        return RegistryLogins(file: environment["HOME"].map { $0 + "/.docker/config.json" })
    }

    /// What is known of the registry that an image comes from; `.nothing` where there is no such file.
    /// - Throws: `.badRequest` when the file cannot be read, or is not as `docker login` writes it.
    public func entry(for image: String) throws(EngineError) -> Entry {
        guard let file, FileManager.default.fileExists(atPath: file) else { return .nothing }
        let registry = Self.registry(of: image)
        do {
            let config = try JSONDecoder().decode(ConfigFile.self, from: Data(contentsOf: URL(filePath: file)))
            return try config.entry(for: registry)
        } catch {
            throw EngineError(
                code: .badRequest,
                operation: "read the login for \(registry) in \(file)",
                message: error is DecodingError ? "it is not as docker login writes it" : "\(error)",
                advice: "mend the file, or run docker login \(registry) again",
                cause: error
            )
        }
    }

    /// The registry of an image: what stands before the first slash, if that looks like a host; else Docker's own.
    public static func registry(of image: String) -> String {
        let first = image.prefix { $0 != "/" }
        guard first.count < image.count, first.contains(".") || first.contains(":") || first == "localhost" else {
            return dockerHub
        }
        return first == "docker.io" || first == "index.docker.io" ? dockerHub : String(first)
    }

    /// What `docker login` calls Docker's own registry.
    static let dockerHub = "https://index.docker.io/v1/"
}

/// The part of `config.json` that is about logins.
private struct ConfigFile: Decodable {
    struct Auth: Decodable {
        /// `USER:PASSWORD` in base64.
        var auth: String?
        var username: String?
        var password: String?
        var identitytoken: String?
    }

    var auths: [String: Auth]?
    var credsStore: String?
    var credHelpers: [String: String]?

    func entry(for registry: String) throws -> RegistryLogins.Entry {
        if let helper = credHelpers?[registry] { return .keptBy(program: "docker-credential-\(helper)") }
        let wanted = Self.host(registry)
        guard let auth = auths?[registry] ?? auths?.first(where: { Self.host($0.key) == wanted })?.value else {
            return .nothing
        }
        if let login = try login(auth, for: registry) { return .login(login) }
        return credsStore.map { .keptBy(program: "docker-credential-\($0)") } ?? .nothing
    }

    private func login(_ auth: Auth, for registry: String) throws -> RegistryLogin? {
        var (user, password) = (auth.username ?? "", auth.password ?? "")
        if let encoded = auth.auth, !encoded.isEmpty {
            let text = Data(base64Encoded: encoded).map { String(decoding: $0, as: UTF8.self) }
            guard let text, let colon = text.firstIndex(of: ":") else {
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "auth is not USER:PASSWORD"))
            }
            user = String(text[..<colon])
            password = String(text[text.index(after: colon)...])
        }
        let token = auth.identitytoken ?? ""
        guard !token.isEmpty || !user.isEmpty else { return nil }
        return RegistryLogin(registry: registry, user: user, password: password, identityToken: token)
    }

    /// Older versions wrote whole addresses: `https://registry.example/v1/`.
    private static func host(_ key: String) -> Substring {
        var rest = Substring(key)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        return rest.prefix { $0 != "/" }
    }
}
