import CLuaBridge

/// One coroutine that the host drives, and its place among the others.
///
/// Sendable because a child task has to carry it: all but `interrupt`, which is atomic in C, is used by the machine's
/// actor only.
final class LuaThread: @unchecked Sendable {
    let pointer: OpaquePointer
    let path: String
    private var children = 0

    init(_ pointer: OpaquePointer, path: String) {
        self.pointer = pointer
        self.path = path
    }

    deinit { lb_thread_free(pointer) }

    /// Children are numbered in the order in which the script starts them; gives the first number.
    func reserveChildren(_ count: Int) -> Int {
        defer { children += count }
        return children + 1
    }

    func childPath(_ number: Int) -> String { "\(path).\(number)" }

    func interrupt() { lb_thread_interrupt(pointer) }

    /// Whether its script has been told that it is cancelled, so that what it does now is cleaning up.
    var isCleaningUp: Bool { lb_thread_is_cancelled(pointer) }
    /// Seconds that are left for that.
    var cleanupTime: Double { lb_thread_grace(pointer) }
}
