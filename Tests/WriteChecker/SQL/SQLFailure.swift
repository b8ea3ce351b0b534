/// Why a statement, or the way to the server, did not succeed.
struct SQLFailure: Error, CustomStringConvertible {
    enum Kind: Equatable {
        /// No session could be opened.
        case connect
        /// The session ended without an answer.
        case cut
        /// No answer within the client's patience.
        case silent
        /// The server's answer, as an SQLSTATE.
        case refused(String)
    }

    let kind: Kind
    let message: String
    /// True when the session cannot be used any more.
    let endsSession: Bool

    /// How reports count it: `connect`, `cut`, `silent`, or the SQLSTATE.
    var name: String {
        switch kind {
        case .connect: "connect"
        case .cut: "cut"
        case .silent: "silent"
        case .refused(let state): state
        }
    }

    var description: String { "\(name): \(message)" }

    /// Whether the work can have been committed although this came instead of an acknowledgement of the commit.
    ///
    /// A session that is gone says nothing about its commit, and neither do the classes of errors that end sessions (08,
    /// 57P, 58, XX), nor 40003 (statement completion unknown).
    var leavesCommitOpen: Bool {
        guard case .refused(let state) = kind else { return kind != .connect }
        return endsSession || state == "40003" || ["08", "57P", "58", "XX"].contains { state.hasPrefix($0) }
    }
}
