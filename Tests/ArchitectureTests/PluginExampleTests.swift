import Foundation
import Testing

/// Whoever writes a plugin needs one module of pgbc, and whoever builds a pgbc with it one more.
@Suite struct PluginExampleTests {
    @Test func `plugins import PluginAPI and nothing else of pgbc`() throws {
        let own = Set(moduleTable.map(\.module))
        let top = Checkout.root.appending(path: "Examples/plugins")
        let files = try FileManager.default.subpathsOfDirectory(atPath: top.path)
            .filter { $0.hasSuffix(".swift") && $0.contains("/Sources/") && !$0.contains("/.build") }
        #expect(files.count > 5)
        for file in files {
            let text = try String(contentsOf: top.appending(path: file), encoding: .utf8)
            let imported = Set(importedModules(of: text).map(\.module)).intersection(own)
            let allowed: Set = file.hasSuffix("/main.swift") ? ["PgbcKit"] : ["PluginAPI"]
            #expect(imported.isSubset(of: allowed), "\(file) imports \(imported.sorted())")
        }
    }
}
