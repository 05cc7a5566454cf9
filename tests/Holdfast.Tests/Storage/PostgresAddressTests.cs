using Holdfast.Storage;
using Npgsql;

namespace Holdfast.Tests.Storage;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://joe:pw@db:5433/shop")]
    [InlineData("postgresql://joe:pw@db:5433/shop")]
    [InlineData("postgres://j%6Fe:p%77@d%62:5433/sh%6Fp")]
    [InlineData("postgres://joe@db:5433/shop?password=pw")]
    [InlineData("postgres:///shop?host=db&port=5433&user=joe&password=pw")]
    [InlineData("postgres://?host=db&port=5433&user=joe&password=pw&dbname=shop")]
    public void Each_usual_form_says_the_same(string url)
    {
        var connection = Read(url);

        Assert.Equal(
            ("joe", "pw", "db", 5433, "shop"),
            (connection.Username, connection.Password, connection.Host, connection.Port, connection.Database));
    }

    [Theory]
    [InlineData("postgres://db/shop", "db:5432/shop")]
    [InlineData("postgres://joe:pw@db/shop", "db:5432/shop")]
    [InlineData("postgres://joe:pw@10.0.0.7:6000/shop?sslmode=require", "10.0.0.7:6000/shop")]
    [InlineData("postgres://[::1]:5433/shop", "[::1]:5433/shop")]
    [InlineData("postgres://db1,db2:5433/shop", "db1:5432,db2:5433/shop")]
    [InlineData("postgres://db1,db2/shop?port=5433", "db1:5433,db2:5433/shop")]
    [InlineData("postgres://[fe80::1]:5433,db2/shop", "[fe80::1]:5433,db2:5432/shop")]
    [InlineData("postgres://%2Frun%2Fpostgresql/shop", "/run/postgresql:5432/shop")]
    [InlineData("postgres://joe@/shop?host=/run/postgresql&port=5433", "/run/postgresql:5433/shop")]
    public void It_is_shown_by_its_hosts_and_database(string url, string shown) =>
        Assert.Equal(shown, PostgresAddress.Parse(url).ToString());

    [Fact]
    public void An_IPv6_address_alone_is_handed_on_without_brackets() =>
        Assert.Equal("::1", Read("postgres://[::1]/shop").Host);

    [Fact]
    public void What_a_password_holds_is_decoded_once() =>
        Assert.Equal("a%40/:?#&=+ é", Read("postgres://joe:a%2540%2F:%3F%23%26%3D+%20%C3%A9@db/shop").Password);

    [Fact]
    public void Without_a_user_and_password_the_driver_looks_for_them_itself()
    {
        var connection = Read("postgres://db/shop");

        Assert.Equal((null, null), (connection.Username, connection.Password));
    }

    [Fact]
    public void Every_parameter_has_its_effect()
    {
        var connection = Read(
            "postgres://db/shop?application_name=till&connect_timeout=7&keepalives_idle=30&keepalives_interval=5"
            + "&options=-c%20work_mem=8MB&passfile=/etc/pg/pass&sslmode=verify-full&sslrootcert=/etc/pg/ca.pem"
            + "&sslcert=/etc/pg/c.pem&sslkey=/etc/pg/k.pem&sslpassword=kp&sslnegotiation=direct&channel_binding=require"
            + "&gssencmode=disable");

        Assert.Equal(
            ("till", 7, 30, 5, "-c work_mem=8MB", "/etc/pg/pass"),
            (connection.ApplicationName, connection.Timeout, connection.TcpKeepAliveTime, connection.TcpKeepAliveInterval,
                connection.Options, connection.Passfile));
        Assert.Equal(
            (SslMode.VerifyFull, "/etc/pg/ca.pem", "/etc/pg/c.pem", "/etc/pg/k.pem", "kp"),
            (connection.SslMode, connection.RootCertificate, connection.SslCertificate, connection.SslKey,
                connection.SslPassword));
        Assert.Equal(
            (SslNegotiation.Direct, ChannelBinding.Require, GssEncryptionMode.Disable),
            (connection.SslNegotiation, connection.ChannelBinding, connection.GssEncryptionMode));
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("allow", SslMode.Allow)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    public void Each_sslmode_is_the_drivers(string name, SslMode mode) =>
        Assert.Equal(mode, Read($"postgres://db/shop?sslmode={name}").SslMode);

    [Fact]
    public void To_require_TLS_with_a_root_certificate_is_to_verify_by_it() =>
        Assert.Equal(
            SslMode.VerifyCA, Read("postgres://db/shop?sslmode=require&sslrootcert=/etc/pg/ca.pem").SslMode);

    [Fact]
    public void The_certificates_of_the_system_are_used_when_no_file_is_named() =>
        Assert.Null(Read("postgres://db/shop?sslmode=verify-full&sslrootcert=system").RootCertificate);

    [Fact]
    public void TLS_and_keepalives_are_for_networks_and_not_for_sockets()
    {
        var connection = Read(
            "postgres:///shop?host=/run/postgresql&sslmode=verify-full&keepalives=1&keepalives_idle=9&keepalives_interval=3");

        Assert.Equal(
            (SslMode.Disable, false, 0, 0),
            (connection.SslMode, connection.TcpKeepAlive, connection.TcpKeepAliveTime, connection.TcpKeepAliveInterval));
    }

    [Fact]
    public void Keepalives_are_on_until_they_are_put_off()
    {
        Assert.True(Read("postgres://db/shop").TcpKeepAlive);
        Assert.False(Read("postgres://db/shop?keepalives=0").TcpKeepAlive);
    }

    [Theory]
    [InlineData("postgres://db1,db2/shop", "primary")]
    [InlineData("postgres://db1,db2/shop?target_session_attrs=read-write", "read-write")]
    [InlineData("postgres://db1/shop?target_session_attrs=read-write", null)]
    public void Of_several_hosts_the_one_that_can_be_written_to_is_chosen(string url, string? target) =>
        Assert.Equal(target, Read(url).TargetSessionAttributes);

    [Fact]
    public void A_host_that_was_a_standby_is_asked_again_within_a_second() =>
        Assert.Equal(1, Read("postgres://db1,db2/shop").HostRecheckSeconds);

    [Fact]
    public void What_is_added_to_one_connection_is_not_in_the_next()
    {
        var address = PostgresAddress.Parse("postgres://db/shop");
        address.ToBuilder().SearchPath = "other";

        Assert.Null(address.ToBuilder().SearchPath);
    }

    [Theory]
    [InlineData("postgres://joe:pw@db", "names no database")]
    [InlineData("postgres://joe:pw@db/", "names no database")]
    [InlineData("postgres:///shop", "leaves out a host")]
    [InlineData("postgres://joe:pw@:5432/shop", "leaves out a host")]
    [InlineData("postgres://db1,,db2/shop", "leaves out a host")]
    [InlineData("postgres://db:0/shop", "has a port")]
    [InlineData("postgres://db:65536/shop", "has a port")]
    [InlineData("postgres://db:+5/shop", "has a port")]
    [InlineData("postgres://db1,db2,db3/shop?port=1,2", "has a port")]
    [InlineData("postgres://::1/shop", "stands in brackets")]
    [InlineData("postgres://[::1/shop", "stands in brackets")]
    [InlineData("postgres://%2Frun,db/shop", "has a socket among several hosts")]
    [InlineData("postgres://db/sh%op", "write a % itself as %25")]
    [InlineData("postgres://db/shop?user=a%4", "write a % itself as %25")]
    [InlineData("postgres://joe@db/shop?user=ann", "says something twice")]
    [InlineData("postgres://db/shop?sslmode=require&sslmode=disable", "says something twice")]
    [InlineData("postgres://db/shop?sslmode", "has a parameter without a value")]
    [InlineData("postgres://db/shop?sslmode=no-verify", "has sslmode, which must be one of disable, allow, prefer,")]
    [InlineData("postgres://db/shop?connect_timeout=0", "has connect_timeout, which must be a number of seconds")]
    [InlineData("postgres://db/shop?keepalives=on", "has keepalives, which must be one of 1, 0")]
    [InlineData("postgres://db/shop?keepalives_interval=5", "needs keepalives_idle")]
    [InlineData("postgres://a,b/shop?target_session_attrs=any", "has target_session_attrs, which must be one of prim")]
    [InlineData("postgres://db/shop?sslrootcert=system", "needs sslmode=verify-full")]
    [InlineData("postgres://db/shop?hostaddr=10.0.0.7", "has hostaddr, which Holdfast does not take: write the address")]
    [InlineData("postgres://db/shop?schema=public", "has schema, which Holdfast does not know; those it knows are appl")]
    public void What_cannot_be_understood_is_refused_with_the_reason(string url, string reason)
    {
        var message = Assert.Throws<FormatException>(() => PostgresAddress.Parse(url)).Message;

        Assert.StartsWith("It ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        Assert.DoesNotContain(". It ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once() => Assert.Equal(
        4,
        Assert.Throws<FormatException>(() => PostgresAddress.Parse("postgres://:x/?sslmode=maybe&conect_timeout=5"))
            .Message.Split("It ", StringSplitOptions.RemoveEmptyEntries).Length);

    [Fact]
    public void No_part_of_a_password_is_told_whatever_sign_is_in_it_and_wherever_it_stands()
    {
        var signs = Enumerable.Range(' ', '~' - ' ' + 1).Select(sign => (char)sign).Append('é');
        var urls =
            from sign in signs
            let raw = $"Kqz{sign}Wxv"
            from password in new[] { raw, Uri.EscapeDataString(raw), $"{raw}=", $"Kqz{sign}Wxv=q", $"%{raw}" }
            from url in new[]
            {
                $"postgres://joe:{password}@db:5432/shop",
                $"postgres://joe:{password}@db",
                $"postgres://joe:{password}",
                $"postgres://joe:{password}@db1,db2:x/shop?sslmode=none&other=1",
                $"postgres://db/shop?password={password}",
                $"postgres://db/shop?sslpassword={password}&sslmode=none",
            }
            select url;

        Assert.All(urls, url =>
        {
            Assert.DoesNotContain("Kqz", Said(url), StringComparison.Ordinal);
            Assert.DoesNotContain("Wxv", Said(url), StringComparison.Ordinal);
        });
    }

    private static NpgsqlConnectionStringBuilder Read(string url) => PostgresAddress.Parse(url).ToBuilder();

    private static string Said(string url)
    {
        try
        {
            return PostgresAddress.Parse(url).ToString();
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
