internal import ClusterModel
internal import Foundation
internal import Orchestration

extension ScriptSession {
    var httpRequest: Primitive {
        Primitive(
            "http.request",
            [
                Parameter("method", .string, "GET, POST, …"),
                Parameter("url", .string, "http:// or https://"),
                Parameter("headers", .table, optional: true, "values by name"),
                Parameter("body", .string, optional: true, "the text to send"),
                Parameter("timeout", .number(min: 0.001), optional: true, "seconds for the whole answer; 30 without"),
                Parameter(
                    "limit",
                    .integer(min: 0, max: 64 << 20),
                    optional: true,
                    "bytes that the answer may have; 8 MB without"
                ),
                Parameter(
                    "redirects",
                    .integer(min: 0, max: 20),
                    optional: true,
                    "how many are followed, each host being granted; 5 without"
                ),
            ],
            result: "{status, ok, headers, body, url}",
            summary: "Sends a request over HTTP; needs --allow net=HOST. A status such as 404 is no error: look at ok.",
            effect: .read,
            raised: { WebCall.reads($0["method"]?.text ?? "") ? nil : .change }
        ) { call in
            let request = try WebCall.request(call.arguments)
            try grant(request)
            if !WebCall.reads(request.method), await !call.isReal("send \(WebCall.preview(request))") {
                return WebCall.result(WebAnswer(status: 200), of: request)
            }
            return try await send(request, redirects: call.arguments["redirects"]?.wholeNumber ?? 5, in: call)
        }
    }

    /// Sends a request, and what redirects ask for, each of them to a place that was granted.
    private func send(_ first: WebRequest, redirects: Int, in call: PrimitiveCall) async throws -> Document {
        guard let web = call.orchestrator.web else { return try WebCall.unsent(first, call) }
        var request = first
        for hop in 0...redirects {
            let sent = request
            guard let answer = try await call.orchestrator.outside({ try await web.answer(to: sent) }) else {
                return try WebCall.unsent(request, call)
            }
            guard redirects > 0, let next = try WebCall.next(after: answer, to: request) else {
                return WebCall.result(answer, of: request)
            }
            if hop < redirects { try grant(next) }
            request = next
        }
        throw ClusterError(.failed, operation: first.title, message: "it was redirected more than \(redirects) times")
    }

    private func grant(_ request: WebRequest) throws {
        let wanted = try WebCall.placeWithPort(of: request.url)
        if start.permissions.covers(.net, wanted, in: folder) { return }
        try start.permissions.check(.net, try WebCall.place(of: request.url), doing: request.title, in: folder)
    }
}
