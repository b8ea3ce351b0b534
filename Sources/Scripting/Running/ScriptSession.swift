internal import Orchestration

/// One run of one script: what it was started with, and where its files are.
struct ScriptSession: Sendable {
    let script: Script
    let start: ScriptStart

    var folder: ScriptFolder { start.folder }

    /// The configuration file that was named, or the folder's own when no cluster was named either.
    var config: String? {
        start.config ?? (start.cluster == nil ? folder.config : nil)
    }

    var modules: ModuleSearch {
        let own = script.folder.map { [ScriptFolder(folder.absolute($0))] } ?? []
        return ModuleSearch(folders: own + [ScriptFolder(folder.absolute("pgbc"))] + ScriptFolder.shared)
    }
}
