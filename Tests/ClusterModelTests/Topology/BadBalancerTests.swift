import ClusterModel
import Testing

/// Each is what a balancer has beside its name.
@Suite struct BadBalancerTests {
    @Test(arguments: [
        (
            #""port": 0, "pcp_port": 65536, "rest_api_port": "18080", "primary": {"port": 1.5, "node_id": 32}"#,
            [
                #"balancers[0].port = 0: a port is a whole number from 1 to 65535"#,
                #"balancers[0].pcp_port = 65536: a port is a whole number from 1 to 65535"#,
                #"balancers[0].rest_api_port = "18080": must be a whole number, not a string; write it without quotes"#,
                #"balancers[0].primary.node_id = 32: a node's id is a whole number from 0 to 31"#,
                #"balancers[0].primary.port = 1.5: a port is a whole number from 1 to 65535"#,
            ]
        ),
        (
            #""port": 19999, "pcp_port": 19999, "primary": {"port": 19999}, "replicas": [{"port": 19999}]"#,
            [
                #"balancers[0].pcp_port = 19999: balancers[0].port has the same port; publish each port once"#,
                #"balancers[0].primary.port = 19999: balancers[0].port has the same port; publish each port once"#,
                #"balancers[0].replicas[0].port = 19999: balancers[0].port has the same port; publish each port once"#,
            ]
        ),
        (
            #""ip_address": "172.30.1.300", "primary": {"ip_address": 7}"#,
            [
                #"balancers[0].ip_address = "172.30.1.300": must be an IPv4 address; for example "172.30.1.20""#,
                #"balancers[0].primary.ip_address = 7: must be a string, not a whole number"#,
            ]
        ),
        (
            #""ip_address": "172.30.1.10", "primary": {"ip_address": "172.30.1.10"}, "replicas": [{"ip_address": "172.31.1.1"}, {"ip_address": "172.30.0.1"}, {"ip_address": "172.30.0.0"}, {"ip_address": "172.30.255.255"}]"#,
            [
                #"balancers[0].primary.ip_address = "172.30.1.10": balancers[0].ip_address has the same address; give each container an address of its own"#,
                #"balancers[0].replicas[0].ip_address = "172.31.1.1": is outside the network's subnet 172.30.0.0/16; choose one from 172.30.0.2 to 172.30.255.254"#,
                #"balancers[0].replicas[1].ip_address = "172.30.0.1": is the gateway of the network; choose one from 172.30.0.2 to 172.30.255.254"#,
                #"balancers[0].replicas[2].ip_address = "172.30.0.0": is the address of the network itself; choose one from 172.30.0.2 to 172.30.255.254"#,
                #"balancers[0].replicas[3].ip_address = "172.30.255.255": is the network's broadcast address; choose one from 172.30.0.2 to 172.30.255.254"#,
            ]
        ),
        (
            #""replicas": [{"node_id": 0}, {"node_id": 2}, {"node_id": 2}, {"node_id": 32}, {"node_id": "1"}]"#,
            [
                #"balancers[0].replicas[3].node_id = 32: a node's id is a whole number from 0 to 31"#,
                #"balancers[0].replicas[4].node_id = "1": must be a whole number, not a string; write it without quotes"#,
                #"balancers[0].replicas[0].node_id = 0: balancers[0].primary.node_id has the same node id; give each node of a balancer an id of its own"#,
                #"balancers[0].replicas[2].node_id = 2: balancers[0].replicas[1].node_id has the same node id; give each node of a balancer an id of its own"#,
            ]
        ),
        (
            #""replicas": [{"host": "a"}, {"host": "A"}, {"host": "localhost"}, {"host": "10.0.0.1"}, {"host": "b c"}]"#,
            [
                #"balancers[0].replicas[2].host = "localhost": must be a name of the node's own; give the address as "ip_address""#,
                #"balancers[0].replicas[3].host = "10.0.0.1": must be a name of the node's own; give the address as "ip_address""#,
                #"balancers[0].replicas[4].host = "b c": must be letters, digits, '_', '.' and '-', begin with a letter or digit and have 1 to 63 characters"#,
                #"balancers[0].replicas[1].host = "A": balancers[0].replicas[0].host has the same host name; give each node a name of its own"#,
            ]
        ),
        (
            #""replicas": [{"container_name": "a1"}, {"container_name": "a1"}, {"container_name": "x"}, {"host": "a1"}]"#,
            [
                #"balancers[0].replicas[2].container_name = "x": must be letters, digits, '_', '.' and '-', begin with a letter or digit and have 2 to 128 characters"#,
                #"balancers[0].replicas[1].container_name = "a1": balancers[0].replicas[0].container_name has the same container name; container names are unique on an engine"#,
                #"balancers[0].replicas[3].host = "a1": balancers[0].replicas[0].container_name has the same name, and inside the network both are found by it; give each container names of its own"#,
            ]
        ),
        (
            #""replicas": -1"#,
            [
                #"balancers[0].replicas = -1: must be from 0 to 31"#
            ]
        ),
        (
            #""replicas": 32"#,
            [
                #"balancers[0].replicas = 32: must be from 0 to 31; add another balancer"#
            ]
        ),
        (
            #""replicas": 1000000000"#,
            [
                #"balancers[0].replicas = 1000000000: must be from 0 to 31; add another balancer"#
            ]
        ),
        (
            #""replicas": "two""#,
            [
                #"balancers[0].replicas = "two": must be a list of replicas or their number, not a string"#
            ]
        ),
        (
            #""replicas": true"#,
            [
                #"balancers[0].replicas = true: must be a list of replicas or their number, not a boolean"#
            ]
        ),
        (
            #""replicas": 1.5"#,
            [
                #"balancers[0].replicas = 1.5: must be a list of replicas or their number, not a number"#
            ]
        ),
        (
            #""replicas": [1, null]"#,
            [
                #"balancers[0].replicas[0] = 1: must be an object, not a whole number"#,
                #"balancers[0].replicas[1] = null: must be an object, not null"#,
            ]
        ),
        (
            #""primary": {"weight": -1}, "replicas": [{"weight": "1"}, {"weight": 1e9}]"#,
            [
                #"balancers[0].primary.weight = -1: must be from 0 to 100000000; 0 keeps reads away from the node"#,
                #"balancers[0].replicas[0].weight = "1": must be a number, not a string"#,
                #"balancers[0].replicas[1].weight = 1000000000.0: must be from 0 to 100000000; 0 keeps reads away from the node"#,
            ]
        ),
        (
            #""primary": {"weight": 0}, "replicas": [{"weight": 0}]"#,
            [
                #"balancers[0]: every node has weight 0, so that none would get reads; raise one weight"#
            ]
        ),
        (
            #""hold": false, "sync": 0"#,
            []
        ),
        (
            #""primary": {"name": "x", "node-id": 1, "ip_adress": "x"}"#,
            [
                #"balancers[0].primary.name: unknown key; did you mean "container_name"?"#,
                #"balancers[0].primary.node-id: unknown key; did you mean "node_id"?"#,
                #"balancers[0].primary.ip_adress: unknown key; did you mean "ip_address"?"#,
            ]
        ),
    ])
    func `a bad balancer is refused with all its reasons`(members: String, lines: [String]) throws {
        #expect(try problems(balancer(members)) == lines)
    }
}
