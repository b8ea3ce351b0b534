// Whoever writes a plugin imports this module and no other: what its signatures speak of comes with it.
@_exported public import ClusterModel
@_exported public import Orchestration
