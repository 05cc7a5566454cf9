using Holdfast.AspNetCore;
using Holdfast.EndToEnd.Host;
using Holdfast.Jobs;
using Holdfast.Storage;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddHoldfast();
if (builder.Configuration["POISON_TYPE"] is { Length: > 0 })
{
    builder.Services.AddSingleton<BatchHandler, PoisonedHandler>();
}

var app = builder.Build();
app.MapHoldfast();

// A disk that is full, for whoever may not mount a small one: the database cannot grow beyond so many pages.
app.MapPut("/host/max-pages/{pages:long}", async (long pages, Database database) =>
{
    var limit = new Statement("MaxPages", $"pragma max_page_count = {pages}");
    var commit = await database.WriteAsync(Turn.Work, session => session.NumberAsync(limit), CancellationToken.None);
    return commit.OrThrow();
}).ExcludeFromDescription();
app.Run();
