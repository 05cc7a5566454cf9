using Holdfast.Bench;

return args switch
{
    ["serve", "--discard"] => await BaselineHost.RunAsync(keeps: false),
    ["serve", "--keep"] => await BaselineHost.RunAsync(keeps: true),
    ["run", .. var options] => await Benchmark.RunAsync(options),
    _ => Misuse(),
};

static int Misuse()
{
    Console.Error.WriteLine(
        $"""
        holdfast-bench run [option…]   measures and prints a Markdown table
        {BenchOptions.Help}
        holdfast-bench serve --discard the server, verifying and storing nothing; the run starts it
        holdfast-bench serve --keep    the server, storing and applying nothing; the run starts it
        """);
    return 2;
}
