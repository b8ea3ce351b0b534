#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Who a registry is told that the user is.
public struct RegistryLogin: Sendable, Equatable {
    /// The registry, as in `registry.example:5000`.
    public var registry: String
    /// The user's name; empty where only a token is known.
    public var user: String
    var password: String
    /// What a registry gave in a password's place; empty for none.
    var identityToken: String

    /// The value of `X-Registry-Auth`: JSON in the base64 of URLs.
    var header: String {
        struct Fields: Encodable {
            var username: String?
            var password: String?
            var identitytoken: String?
            var serveraddress: String
        }
        let hasToken = !identityToken.isEmpty
        let fields = Fields(
            username: hasToken ? nil : user,
            password: hasToken ? nil : password,
            identitytoken: hasToken ? identityToken : nil,
            serveraddress: registry
        )
        // Texts only: nothing that JSON cannot hold.
        let json = (try? JSONEncoder().encode(fields)) ?? Data()
        return json.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    }
}
