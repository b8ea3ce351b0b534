internal import LuaRuntime
internal import PluginAPI

extension LuaModule {
    /// A plugin's functions as a global table. They see what scripts see, and nothing that scripts do not.
    ///
    /// A file that fails here has failed when the plugin was read, too, so that it is not loaded at all.
    init?(functionsOf plugin: any Plugin) {
        guard let plugin = plugin as? LuaPlugin, let functions = plugin.functions else { return nil }
        self.init(
            name: "plugin \(plugin.name)",
            source: """
                local chunk = host.loadstring(\(functions.source.luaLiteral), \(functions.name.luaLiteral))
                local done, functions = pcall(chunk)
                if done and type(functions) == "table" then \(plugin.table) = functions end
                """
        )
    }
}

extension String {
    /// The text as a literal of Lua that stands on one line.
    var luaLiteral: String {
        var literal = "\""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<32, 127...: literal += "\\" + Self.decimal(byte)
            default: literal.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return literal + "\""
    }

    private static func decimal(_ byte: UInt8) -> String {
        let digits = String(byte)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}
