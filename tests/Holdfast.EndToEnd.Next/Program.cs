using Holdfast.AspNetCore;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddHoldfast();
var app = builder.Build();
app.MapHoldfast();
app.Run();
