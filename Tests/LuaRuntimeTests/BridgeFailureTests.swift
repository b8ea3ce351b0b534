import CBridgeScenarios
import LuaRuntime
import Testing

@Suite(.timeLimit(.minutes(2))) struct BridgeFailureTests {
    /// The library that the machine starts with, as the program for valgrind reads it too.
    private let library = LuaRuntime.ownLibrary

    private func check(_ outcome: bs_outcome, _ name: String, _ allocation: UInt64, _ onwards: Bool) {
        let problem = outcome.problem.map { String(cString: $0) }
        #expect(problem == nil, "\(name), allocation \(allocation)\(onwards ? " and all that follow" : "")")
    }

    private func run(_ scenario: Int, _ play: (Int, UnsafePointer<CChar>?, Int, UInt64, Bool) -> bs_outcome) {
        library.withUnsafeBytes { raw in
            let bytes = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            let name = String(cString: bs_name(scenario))
            let whole = play(scenario, bytes, raw.count, 0, false)
            check(whole, name, 0, false)
            #expect(whole.succeeded, "\(name)")
            let stride = 1 + whole.allocations / 1000 * 10
            for allocation in Swift.stride(from: 1, through: whole.allocations, by: Int(stride)) {
                for onwards in [false, true] {
                    check(play(scenario, bytes, raw.count, allocation, onwards), name, allocation, onwards)
                }
            }
        }
    }

    @Test(arguments: 0..<bs_count())
    func `a script survives the failure of any allocation`(_ scenario: Int) {
        run(scenario, bs_run_late)
    }

    @Test func `a machine survives the failure of any allocation while it is made`() {
        run(0, bs_run)
    }
}
