using Holdfast.Simulator.Tests.Support;

namespace Holdfast.Simulator.Tests.Http;

public sealed class RoutesTests
{
    [Theory]
    [InlineData("GET", "/v1/unicorns")]
    [InlineData("POST", "/v1/customers/cus_1/unicorns")]
    [InlineData("DELETE", "/v1")]
    [InlineData("GET", "/")]
    public async Task A_path_that_leads_nowhere_is_answered_404(string method, string path)
    {
        await using var box = await Box.OpenAsync();

        var error = await box.RefusedAsync(404, method, path);

        Assert.Equal("invalid_request_error", error["type"]!.GetValue<string>());
    }
}
