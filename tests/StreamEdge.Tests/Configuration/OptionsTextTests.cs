namespace StreamEdge;

public class OptionsTextTests
{
    [Fact]
    public void Every_default_is_shown_in_the_order_of_the_options() => Assert.Equal("""
        topic: plant/{line}/{signal}
        min: none
        max: 100
        retain: false
        offset: 0
        max_age: 10m
        heartbeat: none
        out_of_range: flag_it
        buffer: 512MB
        min_coverage: 80%
        range: none
        rate: none
        unit: none
        tolerance: none
        for: 2 windows
        from: none
        server: none
        by: []
        ports: []
        compute: {}
        batch:
          max: 32
          wait: 50ms
        stages: []
        keep: none
        payload: none
        note: none

        """, OptionsText.Write(new OptionsBinderTests.PressOptions { Topic = "plant/{line}/{signal}" }));

    [Fact]
    public void What_was_written_reads_back_the_same()
    {
        const string written = """
              topic: 'a: b'
              min: -20
              max: 1.5e+30
              retain: true
              offset: 31
              max_age: 1m30s
              heartbeat: 15m
              out_of_range: drop
              buffer: 64KiB
              min_coverage: 99.5%
              range: [-20, 250]
              rate: 360 Hz
              unit: degC
              tolerance: 0.2 degC
              for: 3 rows
              from: 2026-01-01T00:00:00.5Z
              server: http://localhost:8086
              by: [line, 'a, b', 'none', it's, "'"]
              ports: [502, 503]
              compute:
                temp: [mean, max]
                'x: y': [std]
              batch:
                max: 8
                wait: 20ms
              stages:
                - max: 1
                  wait: 50ms
                - max: 2
                  wait: 50ms
              keep: quality == "good" and x > 3
              payload:
                v: [1, 2]
                t: "two\nlines"
              note: ''

            """;

        var faults = new Faults(Yaml.File);
        var options = OptionsBinder.Bind(typeof(OptionsBinderTests.PressOptions), "press", Yaml.Read(written), faults).Value;

        Assert.Empty(faults.Items);
        Assert.Equal(written, OptionsText.Write(options, indent: 2));
    }
}
