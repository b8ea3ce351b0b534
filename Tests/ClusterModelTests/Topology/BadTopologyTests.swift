import ClusterModel
import Testing

/// Each document is wrong in one way or several; the lines are what the user reads, all of them at once.
@Suite struct BadTopologyTests {
    @Test(arguments: [
        (
            #"[]"#,
            [
                #"balancers: a cluster needs at least one balancer; add one with a "name""#
            ]
        ),
        (
            #"7"#,
            [
                #"document = 7: must be an object, not a whole number"#
            ]
        ),
        (
            #"{}"#,
            [
                #"balancers: a cluster needs at least one balancer; add one with a "name""#
            ]
        ),
        (
            #"{"balancers": []}"#,
            [
                #"balancers = []: a cluster needs at least one balancer; add one with a "name""#
            ]
        ),
        (
            #"{"balancers": {"lb1": {}}}"#,
            [
                #"balancers = {"lb1":{}}: must be a list of balancers, not an object"#
            ]
        ),
        (
            #"{"balancers": ["lb1"]}"#,
            [
                #"balancers[0] = "lb1": must be an object, not a string"#
            ]
        ),
        (
            #"{"balancers": [{}]}"#,
            [
                #"balancers[0].name: a balancer needs a name; for example "lb1""#
            ]
        ),
        (
            #"{"cluster_name": 7, "network": "x", "image": "Bad Image", "bind_address": "*", "balancers": [{"name": "lb1"}]}"#,
            [
                #"cluster_name = 7: must be a string, not a whole number"#,
                #"image = "Bad Image": is not a Docker image reference; for example "postgres:17""#,
                #"bind_address = "*": must be an IPv4 address of this host; use 127.0.0.1 for this host only, 0.0.0.0 for all its addresses"#,
                #"network = "x": must be an object, not a string"#,
            ]
        ),
        (
            #"{"cluster_name": "-x", "network": {"name": "bridge"}, "balancers": [{"name": "my lb"}]}"#,
            [
                #"cluster_name = "-x": must be letters, digits, '_', '.' and '-', begin with a letter or digit and have 1 to 63 characters"#,
                #"network.name = "bridge": every engine has a network of this name itself; choose another one"#,
                #"balancers[0].name = "my lb": must be letters, digits, '_', '.' and '-', begin with a letter or digit and have 1 to 50 characters"#,
            ]
        ),
        (
            #"{"cluster_name": "", "balancers": [{"name": "secrets"}]}"#,
            [
                #"cluster_name = "": must be letters, digits, '_', '.' and '-', begin with a letter or digit and have 1 to 63 characters"#,
                #"balancers[0].name = "secrets": pgbc uses this name itself; choose another one"#,
            ]
        ),
        (
            #"{"cluster": "x", "netwrok": {}, "balancers": [{"name": "lb1", "replica": 2, "rest_port": 1, "ip": "x", "zzz": 1}]}"#,
            [
                #"cluster: unknown key; did you mean "cluster_name"?"#,
                #"netwrok: unknown key; did you mean "network"?"#,
                #"balancers[0].replica: unknown key; did you mean "replicas"?"#,
                #"balancers[0].rest_port: unknown key; did you mean "rest_api_port"?"#,
                #"balancers[0].ip: unknown key; did you mean "ip_address"?"#,
                #"balancers[0].zzz: unknown key; the keys here are name, container_name, ip_address, port, pcp_port, rest_api_port, image, driver, config, pool, settings, primary, replicas, hold, sync, when_short"#,
            ]
        ),
    ])
    func `a bad document is refused with all its reasons`(json: String, lines: [String]) throws {
        #expect(try problems(Document(json: json, source: "x")) == lines)
    }

    /// Each in a cluster with a balancer at 10.0.0.10 and eight replicas.
    @Test(arguments: [
        (
            #""subnet": "172.30.0.0""#,
            [
                #"network.subnet = "172.30.0.0": must be an IPv4 network in CIDR notation; for example "172.30.0.0/16""#
            ]
        ),
        (
            #""subnet": "172.30.1.0/16""#,
            [
                #"network.subnet = "172.30.1.0/16": is an address inside a network and not the network; write "172.30.0.0/16""#
            ]
        ),
        (
            #""subnet": "172.30.0.0/30""#,
            [
                #"network.subnet = "172.30.0.0/30": the prefix length must be from 8 to 29; for example "172.30.0.0/24""#
            ]
        ),
        (
            #""subnet": "127.0.0.0/8""#,
            [
                #"network.subnet = "127.0.0.0/8": is reserved and cannot be a Docker network; for example "172.30.0.0/16""#
            ]
        ),
        (
            #""subnet": 5"#,
            [
                #"network.subnet = 5: must be an IPv4 network in CIDR notation; for example "172.30.0.0/16""#
            ]
        ),
        (
            #""subnet": "10.0.0.0/29", "gateway": "10.0.1.1""#,
            [
                #"network.subnet = "10.0.0.0/29": has too few addresses for this cluster; choose a larger network, for example a /24"#,
                #"network.gateway = "10.0.1.1": is outside the network's subnet 10.0.0.0/29; leave it out"#,
                #"balancers[0].ip_address = "10.0.0.10": is outside the network's subnet 10.0.0.0/29; choose one from 10.0.0.1 to 10.0.0.6"#,
            ]
        ),
        (
            #""subnet": "10.0.0.0/24", "gateway": "10.0.0.0""#,
            [
                #"network.gateway = "10.0.0.0": is the address of the network itself; leave it out"#
            ]
        ),
        (
            #""subnet": "10.0.0.0/24", "gateway": "10.0.0.255""#,
            [
                #"network.gateway = "10.0.0.255": is the network's broadcast address; leave it out"#
            ]
        ),
        (
            #""subnet": "10.0.0.0/24", "gateway": "x", "mtu": 5"#,
            [
                #"network.mtu: unknown key; the keys here are name, subnet, gateway"#,
                #"network.gateway = "x": must be an IPv4 address; for example "172.30.1.20""#,
            ]
        ),
        (
            #""subnet": "bad""#,
            [
                #"network.subnet = "bad": must be an IPv4 network in CIDR notation; for example "172.30.0.0/16""#
            ]
        ),
    ])
    func `a bad network is refused with all its reasons`(members: String, lines: [String]) throws {
        let balancers = #"[{"name": "lb1", "replicas": 8, "ip_address": "10.0.0.10"}]"#
        let json = #"{"network": {\#(members)}, "balancers": \#(balancers)}"#
        #expect(try problems(Document(json: json, source: "x")) == lines)
    }
}
