import Foundation
import Testing

/// The sources of this checkout keep the rules.
@Suite
struct SourcesTests {
    @Test
    func `every file is read`() throws {
        let modules = Set(try Checkout.sources().map(\.module))
        #expect(
            modules.isSuperset(of: ["CLuaBridge", "LuaRuntime", "ClusterModel", "Orchestration", "Commands", "pgbc"])
        )
    }

    @Test
    func `every module has its line in the layout table`() throws {
        let known = Set(moduleTable.map(\.module))
        #expect(Set(try Checkout.sources().map(\.module)).subtracting(known).subtracting(["ARCHITECTURE.md"]) == [])
    }

    @Test
    func `imports point down only`() throws {
        try expectNone(.imports)
    }

    @Test
    func `a C header is included by its owner only`() throws {
        try expectNone(.headers)
    }

    @Test
    func `files and recipes are short`() throws {
        try expectNone(.size)
    }

    @Test
    func `no forbidden construct is used`() throws {
        try expectNone(.constructs)
    }

    private func expectNone(_ rule: Rule) throws {
        for violation in rule.violations(in: try Checkout.sources()) {
            Issue.record("\(violation)")
        }
    }
}
