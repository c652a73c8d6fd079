namespace StreamEdge;

/// <summary>Every step that a pipeline file may use: a line each, in the order of the stages. The order inside a group is the order of execution.</summary>
public static class BuiltIn
{
    /// <summary>The table, anew, so that a caller may add lines of its own.</summary>
    public static Catalog Catalog() => new Catalog()
        .Source<SimulateSourceOptions>("simulate")
        .Source<FileSourceOptions>("file")
        .Operator<KeepOptions>("clean.keep")
        .Operator<OutOfRangeOptions>("clean.out_of_range")
        .Operator<QualityOptions>("clean.quality")
        .Operator<DuplicatesOptions>("clean.duplicates")
        .Operator<ReorderOptions>("clean.reorder")
        .Operator<MaxChangeOptions>("clean.max_change")
        .Operator<SpikeOptions>("clean.spike")
        .Operator<StuckOptions>("clean.stuck")
        .Operator<CounterResetOptions>("clean.counter_reset")
        .Operator<FillOptions>("clean.fill")
        .Operator<UnitsOptions>("normalize.units")
        .Operator<ScaleOptions>("normalize.scale")
        .Operator<TextCodesOptions>("normalize.text_codes")
        .Operator<LogOptions>("normalize.log")
        .Operator<ResampleOptions>("normalize.resample")
        .Operator<MinMaxOptions>("normalize.min_max")
        .Operator<RobustOptions>("normalize.robust")
        .Operator<StandardizeOptions>("normalize.standardize")
        .Operator<RenameOptions>("normalize.rename")
        .Operator<WindowOptions>("window")
        .Operator<AlignOptions>("align")
        .Operator<DeriveOptions>("derive")
        .Operator<EnrichOptions>("enrich")
        .Operator<FilterOptions>("filter")
        .Operator<RouteOptions>("route")
        .Operator<RateLimitOptions>("rate_limit")
        .Operator<InferOptions>("infer")
        .Operator<DeadbandOptions>("compress.deadband")
        .Operator<SwingingDoorOptions>("compress.swinging_door")
        .Operator<DownsampleOptions>("compress.downsample")
        .Sink<InfluxSinkOptions>("influx")
        .Sink<FileSinkOptions>("file")
        .Sink<ConsoleSinkOptions>("console")
        .Sink<StoreSinkOptions>("store");
}
