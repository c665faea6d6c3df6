import Testing

@testable import Reconcile

/// What `nft list hooks` says beside chains.
///
/// Kernels without NETFILTER_NETLINK_HOOK list nothing. The texts here are written as `print_hooks`
/// of nftables writes them.
@Suite struct LayerTests {
    @Test func `chains, tracking and translation are no layers of their own`() {
        let text = """
            family ip {
            \thook prerouting {
            \t\t-0000000400 ipv4_conntrack_defrag [nf_defrag_ipv4]
            \t\t-0000000300 chain ip raw PREROUTING [nf_tables]
            \t\t-0000000200 ipv4_conntrack_in [nf_conntrack]
            \t\t-0000000100 nf_nat_ipv4_pre_routing [nf_nat]
            \t}
            \thook input {
            \t\t 0000000000 chain inet filter input [nf_tables]
            \t\t 0000000000 ipt_do_table [ip_tables]
            \t\t+0000000100 nf_nat_ipv4_local_in [nf_nat]
            \t\t+2147483647 nf_confirm [nf_conntrack]
            \t}
            \thook postrouting {
            \t\t-0000000225 selinux_ip_postroute
            \t}
            }
            family netdev {
            \thook ingress device eth0 {
            \t\t 0000000000 flowtable inet filter ft [nf_flow_table]
            \t\t 0000000000 chain netdev t i [nf_tables]
            \t}
            }
            """
        #expect(LiveLayers.unknownHooks(in: text).isEmpty)
    }

    @Test(
        "a function that may decide is told",
        arguments: [
            ("\t\t-0000000098 ip_vs_in_hook [ip_vs]", "ip_vs_in_hook [ip_vs]"),
            ("\t\t 0000000000 nf_hook_run_bpf id 42", "nf_hook_run_bpf id 42"),
            (
                "\t\t+0000000001 ipv4_synproxy_hook [nf_synproxy_core]",
                "ipv4_synproxy_hook [nf_synproxy_core]"
            ),
            ("\t\t-0000000010 ila_nf_input [ila]", "ila_nf_input [ila]"),
        ])
    func other(line: String, name: String) {
        let text = "family ip6 {\n\thook input {\n\(line)\n\t}\n}\n"
        #expect(LiveLayers.unknownHooks(in: text) == [name])
    }

    @Test func `an empty listing has no hooks`() {
        #expect(LiveLayers.unknownHooks(in: "").isEmpty)
    }
}
