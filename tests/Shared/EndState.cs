namespace Holdfast.Testing;

/// <summary>
/// What a store ends in, a line a row: every object, and who belongs together. Rows' numbers and our own clock are left
/// out, because they tell how the state came about and not what it is.
/// </summary>
internal static class EndState
{
    /// <param name="say">Of the way one says it on SQLite and the way one says it on PostgreSQL, the one to take.</param>
    public static string Objects(Func<string, string, string> say) =>
        $"""
        select concat_ws(' | ', {Own("stripe_account")}, {Flag("livemode", say)}, type, id, cast(body as text),
            coalesce(api_version, '-'), coalesce(customer, '-'), coalesce(status, '-'), coalesce(parent, '-'),
            {say("as_of", "(extract(epoch from as_of) * 1000)::bigint")}, cause, {Flag("confirmed", say)},
            {Flag("in_doubt", say)}, {Flag("deleted", say)}, {say("hex(hash)", "upper(encode(hash, 'hex'))")})
        from objects
        order by 1
        """;

    /// <inheritdoc cref="Objects"/>
    public static string Accounts(Func<string, string, string> say) =>
        $"""
        select concat_ws(' | ', {Own("a.stripe_account")}, {Flag("a.livemode", say)}, coalesce(a.reference, '-'), {say(
            "group_concat(c.customer order by c.customer)", "string_agg(c.customer, ',' order by c.customer)")})
        from accounts a
        left join account_customers c on c.account = a.id
        group by a.id, a.stripe_account, a.livemode, a.reference
        order by 1
        """;

    // The engines do not put the same before the separator after an empty text.
    private static string Own(string column) => $"coalesce(nullif({column}, ''), 'own')";

    private static string Flag(string column, Func<string, string, string> say) => say(column, $"{column}::int");
}
