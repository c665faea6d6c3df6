"""What the benches call wrong, and how they read what programs say: python3 -m unittest."""
import unittest

from bench import (PORTS, by_loop, by_masscan, by_nmap, by_prober, by_prober_totals, by_zmap,
                   compare, truth_of)

TRUTH = truth_of([22, 80], "closed")


class Reading(unittest.TestCase):
    def test_prober(self):
        said = by_prober('{"type":"scan"}\n'
                         '{"type":"result","port":22,"state":"open"}\n'
                         '{"type":"group","ports":"1-21,23-65535","state":"closed"}\n'
                         '{"type":"end","complete":true}\n')
        self.assertEqual(said["open"], {22})
        self.assertEqual(said["closed"], set(PORTS) - {22})

    def test_prober_totals_need_a_complete_end(self):
        end = '{"type":"end","complete":%s,"totals":{"requested":9,"open":1,"filtered":8}}'
        self.assertEqual(by_prober_totals(end % "true"), {"open": 1, "filtered": 8})
        self.assertEqual(by_prober_totals(end % "false"), {})

    def test_nmap(self):
        said = by_nmap('<nmaprun><host><ports><extraports state="closed" count="3">'
                       '<extrareasons reason="reset" ports="1-2,4"/></extraports>'
                       '<port protocol="tcp" portid="3"><state state="open"/></port>'
                       '</ports></host></nmaprun>')
        self.assertEqual(said, {"open": {3}, "closed": {1, 2, 4}})

    def test_masscan(self):
        said = by_masscan("#masscan\nopen tcp 443 203.0.113.10 1795535417\n# end\n")
        self.assertEqual(said, {"open": {443}})

    def test_zmap(self):
        self.assertEqual(by_zmap("198.18.0.1\n198.18.0.2\n"), {"open": 2})

    def test_loops(self):
        self.assertEqual(by_loop("2 open, 65532 closed, 1 silent, 0 other\n"),
                         {"open": 2, "closed": 65532, "filtered": 1, "other": 0})


class Comparing(unittest.TestCase):
    def test_the_truth_is_right(self):
        self.assertEqual(compare(TRUTH, TRUTH), {})

    def test_each_port_counts_where_ports_are_told(self):
        said = {"open": {22, 23}, "closed": set(PORTS) - {22, 23, 24, 80}, "filtered": {80}}
        self.assertEqual(compare(said, TRUTH), {"open said filtered": 1, "closed said open": 1,
                                                "closed not told": 1})

    def test_who_tells_only_open_ports_is_asked_for_no_others(self):
        self.assertEqual(compare({"open": {22, 80}}, TRUTH), {})
        self.assertEqual(compare({"open": {80, 81}}, TRUTH),
                         {"open not told": 1, "closed said open": 1})

    def test_counts_are_compared_where_only_they_are_told(self):
        self.assertEqual(compare({"open": 2, "closed": 65533, "filtered": 0}, TRUTH), {})
        self.assertEqual(compare({"open": 1, "closed": 65533, "filtered": 1}, TRUTH),
                         {"open missed": 1, "filtered too many": 1})
        self.assertEqual(compare({}, TRUTH), {"open not told": 2, "closed not told": 65533})
        self.assertEqual(compare({"open": 1}, {"filtered": 9}), {"open too many": 1})


if __name__ == "__main__":
    unittest.main()
