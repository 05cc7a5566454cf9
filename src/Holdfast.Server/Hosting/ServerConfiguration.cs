namespace Holdfast.Server.Hosting;

/// <summary>Settings of the working directory's <c>appsettings.json</c> and of the environment, which wins.</summary>
internal static class ServerConfiguration
{
    /// <exception cref="VerbException">A file cannot be read.</exception>
    public static WebApplicationBuilder Builder()
    {
        try
        {
            // Watching for changes would put a watch on every directory below this one, the data included.
            return WebApplication.CreateSlimBuilder(new WebApplicationOptions
            {
                Args = ["--hostBuilder:reloadConfigOnChange=false"],
                ContentRootPath = Directory.GetCurrentDirectory(),
            });
        }
        catch (InvalidDataException exception)
        {
            throw new VerbException($"{exception.Message} {exception.GetBaseException().Message}");
        }
    }
}
