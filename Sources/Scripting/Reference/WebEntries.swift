internal import Orchestration

extension LibraryEntry {
    private static let webOptions =
        "method (GET, or POST with a body), headers (values by name), timeout (seconds; 30), limit (bytes of the answer; 8 MB), redirects (5)"
    private static let webAnswer = "{status, ok, headers, body, url}"
    private static let more = Parameter("options", "table", optional: true, "as for http.request")

    static var webFunctions: [LibraryEntry] {
        [
            entry(
                "http.request",
                [
                    Parameter(
                        "options",
                        "{ url: string, method: string?, headers: table?, body: string|table?, timeout: number?, limit: integer?, redirects: integer? }",
                        webOptions
                    )
                ],
                gives: webAnswer,
                "table",
                "Sends a request over HTTP; needs --allow net=HOST[:PORT]. A table as body goes as JSON; answer:json() reads one. A status such as 404 is no error: look at ok. http { … } is the same.",
                .change,
                by: "http.request"
            ),
            entry(
                "http.get",
                [Parameter("url", "string", "http:// or https://"), more],
                gives: webAnswer,
                "table",
                "Asks for what is at a URL, as http.request does.",
                by: "http.request"
            ),
            entry(
                "http.head",
                [Parameter("url", "string", "http:// or https://"), more],
                gives: webAnswer,
                "table",
                "Asks for the headers of what is at a URL, as http.request does.",
                by: "http.request"
            ),
            entry(
                "http.post",
                [
                    Parameter("url", "string", "http:// or https://"),
                    Parameter("body", "string|table", "the text to send; a table goes as JSON"), more,
                ],
                gives: webAnswer,
                "table",
                "Sends a text or a table to a URL, as http.request does.",
                .change,
                by: "http.request"
            ),
        ]
    }
}
