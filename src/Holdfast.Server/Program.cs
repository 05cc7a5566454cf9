using Holdfast.Server;

return await CommandLine.RunAsync(args);
