/// Sends requests over HTTP for scripts. One request is one exchange: a redirect is an answer like any other.
public protocol WebClient: Sendable {
    /// Sends a request and collects the whole answer.
    ///
    /// - Throws: a ``ClusterError`` that says what was tried, where, and what came back.
    func answer(to request: WebRequest) async throws -> WebAnswer
}

/// One request over HTTP.
public struct WebRequest: Sendable, Equatable {
    /// A name and its value.
    public struct Field: Sendable, Equatable {
        /// As it was written.
        public var name: String
        /// Its value.
        public var value: String

        /// A field.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// In capitals: "GET".
    public var method: String
    /// Absolute, http or https.
    public var url: String
    /// In the order in which they are sent.
    public var headers: [Field]
    /// As text; empty for none.
    public var body: String
    /// Until the whole answer is there.
    public var timeout: Duration
    /// Bytes of the answer's body; a longer one is an error.
    public var maximumBytes: Int

    /// A request.
    public init(
        method: String,
        url: String,
        headers: [Field] = [],
        body: String = "",
        timeout: Duration = .seconds(30),
        maximumBytes: Int = 8 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumBytes = maximumBytes
    }
}

extension WebRequest {
    /// For messages: the method and the URL without what follows its path, which may hold secrets.
    public var title: String { "\(method) \(url.prefix { $0 != "?" && $0 != "#" })" }
}

/// A whole answer over HTTP, whatever its status.
public struct WebAnswer: Sendable, Equatable {
    /// The status: 200.
    public var status: Int
    /// In the order in which they came.
    public var headers: [WebRequest.Field]
    /// As text; bytes that are no UTF-8 are replaced.
    public var body: String

    /// An answer.
    public init(status: Int, headers: [WebRequest.Field] = [], body: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
