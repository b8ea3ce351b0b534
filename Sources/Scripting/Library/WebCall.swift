internal import ClusterModel
internal import Foundation
internal import Orchestration

/// The rules of HTTP for scripts: what may be asked, where a redirect leads, and what an answer looks like in Lua.
enum WebCall {
    /// Whether a method only looks.
    static func reads(_ method: String) -> Bool { ["GET", "HEAD"].contains(method.uppercased()) }

    /// The request that the arguments of `http.request` ask for.
    static func request(_ arguments: [String: Document]) throws(ClusterError) -> WebRequest {
        _ = try place(of: arguments["url"]?.text ?? "")
        var request = WebRequest(
            method: (arguments["method"]?.text ?? "").uppercased(),
            url: arguments["url"]?.text ?? "",
            body: arguments["body"]?.text ?? "",
            timeout: .seconds(min(arguments["timeout"]?.double ?? 30, longest)),
            maximumBytes: arguments["limit"]?.wholeNumber ?? 8 << 20
        )
        guard request.method.wholeMatch(of: /[A-Z]+/) != nil, request.method != "CONNECT" else {
            throw .request(
                request,
                "there is no method \"\(request.method)\"",
                "GET, HEAD, POST, PUT, PATCH and DELETE are usual"
            )
        }
        for member in arguments["headers"]?.members ?? [] {
            guard let value = member.value.text ?? member.value.wholeNumber.map(String.init) else {
                throw .request(request, "the header \(member.key) has to be a text, not \(member.value.asGiven)")
            }
            request.headers.append(.init(member.key, value))
        }
        if request.header("user-agent") == nil { request.headers.append(.init("User-Agent", "pgbc")) }
        return request
    }

    /// Seconds; a longer time limit is none, and a `Duration` cannot hold any.
    private static let longest = 1e9

    /// What has to be granted for a URL: the host, with the port unless it is the scheme's own.
    static func place(of url: String) throws(ClusterError) -> String {
        let (host, port, isUsual) = try parts(of: url)
        return isUsual ? host : "\(host):\(port)"
    }

    /// The same, with the port in any case.
    static func placeWithPort(of url: String) throws(ClusterError) -> String {
        let (host, port, _) = try parts(of: url)
        return "\(host):\(port)"
    }

    private static func parts(of url: String) throws(ClusterError) -> (host: String, port: Int, isUsual: Bool) {
        let parsed = URL(string: url)
        guard let parsed, let scheme = parsed.scheme?.lowercased(), let usual = ["http": 80, "https": 443][scheme],
            let host = parsed.host(percentEncoded: true),
            host.wholeMatch(of: /[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]+\]?/) != nil
        else {
            throw ClusterError(
                .invalid,
                operation: "read the URL \(shown(url))",
                message: "it has no host that could be asked",
                advice: "write it as http://HOST:PORT/PATH or https://HOST/PATH"
            )
        }
        guard parsed.user == nil, parsed.password == nil else {
            throw ClusterError(
                .invalid,
                operation: "read the URL for \(host)",
                message: "it holds a name or a password",
                advice: "give them in a header: headers = { Authorization = \"Basic …\" }"
            )
        }
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        let port = parsed.port ?? usual
        return (name, port, port == usual)
    }

    /// A URL that is none, without what may be secret in it.
    private static func shown(_ url: String) -> String {
        let rest = url.prefix { $0 != "?" && $0 != "#" }
        return rest.lastIndex(of: "@").map { "…\(rest[$0...])" } ?? String(rest)
    }

    /// The request that a redirect asks for; `nil` when the answer is none. To another place no secrets go along.
    static func next(after answer: WebAnswer, to request: WebRequest) throws(ClusterError) -> WebRequest? {
        guard [301, 302, 303, 307, 308].contains(answer.status), let location = answer.header("location"),
            let url = URL(string: location, relativeTo: URL(string: request.url))?.absoluteString
        else { return nil }
        var next = request
        next.url = url
        if answer.status == 303 && request.method != "HEAD" || answer.status < 303 && request.method == "POST" {
            next.method = "GET"
            next.body = ""
            next.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
        }
        if try origin(of: url) != origin(of: request.url) { next.headers.removeAll { $0.name.namesSecret } }
        return next
    }

    private static func origin(of url: String) throws(ClusterError) -> String {
        "\(URL(string: url)?.scheme?.lowercased() ?? "")://\(try place(of: url).lowercased())"
    }

    /// An answer as a script sees it; names of headers are in small letters.
    static func result(_ answer: WebAnswer, of request: WebRequest) -> Document {
        let headers = Dictionary(grouping: answer.headers) { $0.name.lowercased() }
            .map { Document.Member($0.key, .string($0.value.map(\.value).joined(separator: ", "))) }
        return [
            "status": .integer(answer.status), "ok": .boolean((200..<300).contains(answer.status)),
            "headers": .object(headers.sorted { $0.key < $1.key }), "body": .string(answer.body),
            "url": .string(request.url),
        ]
    }

    /// What would be sent, on one line.
    static func preview(_ request: WebRequest) -> String {
        let body = request.body.withoutPasswords.replacing("\n", with: " ")
        return request.title + (body.isEmpty ? "" : ": \(body.prefix(200))\(body.count > 200 ? "…" : "")")
    }

    /// What a run is answered that sends nothing: a simulation.
    static func unsent(_ request: WebRequest, _ call: PrimitiveCall) throws(ClusterError) -> Document {
        if call.orchestrator.backend is any RehearsedBackend { return result(WebAnswer(status: 200), of: request) }
        throw .request(request, "this pgbc was built without HTTP")
    }
}

extension WebRequest {
    fileprivate func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
}

extension ClusterError {
    fileprivate static func request(_ request: WebRequest, _ message: String, _ advice: String? = nil) -> ClusterError {
        ClusterError(.invalid, operation: request.title, message: message, advice: advice)
    }
}
