internal import Orchestration

/// One run of one script: what it was started with, and where its files are.
struct ScriptSession: Sendable {
    let script: Script
    let start: ScriptStart

    /// Configuration files that are used when none is named, in this order.
    static let presets = ["./pgbalancer_cluster.json", "./cluster.lua"]

    var folder: ScriptFolder { start.folder }

    /// The configuration file that was named, or the folder's own when no cluster was named either.
    var config: String? {
        start.config ?? (start.cluster == nil ? Self.presets.first(where: folder.holds) : nil)
    }

    var modules: ModuleSearch {
        let own = script.folder.map { [ScriptFolder(folder.absolute($0))] } ?? []
        return ModuleSearch(folders: own + [ScriptFolder(folder.absolute("pgbc"))] + ScriptFolder.shared)
    }
}
