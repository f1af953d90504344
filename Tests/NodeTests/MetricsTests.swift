import Federation
import Node
import Testing

@Suite struct `Metrics` {
    @Test func `are written with help, type and labels`() {
        var page = Exposition()
        page.add("a_total", .counter, "All\nof \\it.", [.init(3), .init(4, ("x", "\"y\"\n\\"))])
        page.add("b", .gauge, "Nothing.", [])
        page.add("c", .gauge, "Below zero.", [.init(-7, ("p", "1"), ("q", "2"))])
        #expect(
            page.text == """
                # HELP a_total All\\nof \\\\it.
                # TYPE a_total counter
                a_total 3
                a_total{x="\\"y\\"\\n\\\\"} 4
                # HELP c Below zero.
                # TYPE c gauge
                c{p="1",q="2"} -7

                """)
    }

    @Test func `put a value into the bucket whose bound it does not exceed`() {
        var histogram = Histogram(bounds: [0.5, 1])
        for value in [0, 0.5, 0.75, 1, 1.25, 100] { histogram.observe(value) }
        #expect(histogram.cumulative.map(\.count) == [2, 4, 6])
        #expect(histogram.count == 6 && histogram.sum == 103.5)
        var page = Exposition()
        page.add("t_seconds", "Time.", histogram)
        #expect(
            page.text == """
                # HELP t_seconds Time.
                # TYPE t_seconds histogram
                t_seconds_bucket{le="0.5"} 2
                t_seconds_bucket{le="1"} 4
                t_seconds_bucket{le="+Inf"} 6
                t_seconds_sum 103.5
                t_seconds_count 6

                """)
    }
}
