using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Sandbox.Mail;

namespace MonOPCO.Integrations.Tests.Sandbox;

public sealed class MimePartTests
{
    [Theory]
    [InlineData("=?utf-8?B?RMOpcMO0dA==?=", "Dépôt")]
    [InlineData("=?ISO-8859-1?Q?D=E9p=F4t_re=E7u?=", "Dépôt reçu")]
    [InlineData("=?utf-8?Q?Une?= =?utf-8?Q?_suite?=", "Une suite")]
    [InlineData("=?utf-8?B?w?= fin", " fin")]
    [InlineData("=?utf-8?Q?=C3?=\r\n =?utf-8?Q?=A9t=C3=A9?=", "été")]
    [InlineData("Re: =?utf-8?Q?=C3=A9t=C3=A9?= 2026", "Re: été 2026")]
    [InlineData("sans rien =? de codé ?=", "sans rien =? de codé ?=")]
    public void Header_EncodedWords_AreDecoded(string raw, string expected) =>
        Assert.Equal(expected, MimePart.Parse(Encoding.UTF8.GetBytes($"Subject: {raw}\r\n\r\ncorps")).Header("subject"));

    [Theory]
    [InlineData("attachment; filename=\"a;b \\\"c\\\".pdf\"", "a;b \"c\".pdf")]
    [InlineData("attachment; filename*=utf-8''convention%20sign%C3%A9e.pdf", "convention signée.pdf")]
    [InlineData("attachment; filename*0*=utf-8'fr'convention%20; filename*1=\"du bilan\"; filename*2*=%20%C3%A9t%C3%A9.pdf", "convention du bilan été.pdf")]
    [InlineData("attachment; filename*=iso-8859-1''%E9t%E9.pdf", "été.pdf")]
    [InlineData("attachment; filename=\"=?utf-8?Q?=C3=A9t=C3=A9.pdf?=\"", "été.pdf")]
    [InlineData("attachment; filename=plat.pdf; filename*=utf-8''accentu%C3%A9.pdf", "accentué.pdf")]
    public void FileName_AllSpellings_AreDecoded(string disposition, string expected) =>
        Assert.Equal(expected, MimePart.Parse(Encoding.UTF8.GetBytes($"Content-Disposition: {disposition}\r\n\r\nx")).FileName);

    [Fact]
    public void Read_NestedMultipart_FindsEveryPart()
    {
        var bytes = Encoding.Latin1.GetBytes("""
            From: =?utf-8?Q?L=C3=A9a?= <lea@x.example>
            Subject: essai
            Message-ID: <m@x>
            Content-Type: multipart/mixed; boundary="dehors"

            préambule ignoré
            --dehors
            Content-Type: multipart/alternative;
             boundary=dedans

            --dedans
            Content-Type: text/plain; charset=iso-8859-1
            Content-Transfer-Encoding: quoted-printable

            Une ligne coup=
            =E9e ici, fin =3D =E9gal
            --dedans
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: base64

            PHA+w6l0w6k8L3A+
            --dedans--
            --dehors
            Content-Type: application/pdf; name="piece.pdf"
            Content-Disposition: attachment
            Content-Transfer-Encoding: base64

            JVBERi0x
            LjQ=
            --dehors
            Content-Type: message/rfc822

            Subject: dedans

            corps
            --dehors--
            épilogue
            """.ReplaceLineEndings("\r\n"));

        var message = StoredMessage.Read(1, ["a@b.example"], "env@x.example", DateTimeOffset.UnixEpoch, bytes);
        Assert.Equal("Une ligne coupée ici, fin = égal", message.Text);
        Assert.Equal("<p>été</p>", message.Html);
        Assert.Equal("Léa <lea@x.example>", message.From);
        Assert.Equal(["piece.pdf", "piece-2"], message.Attachments.Select(a => a.Name));
        Assert.Equal("%PDF-1.4"u8.ToArray(), message.Attachments[0].Content);
    }

    [Theory]
    [InlineData("é en utf-8 sans le dire", true)]
    [InlineData("é en latin1 sans le dire", false)]
    public void Text_UndeclaredCharset_IsGuessed(string text, bool utf8) =>
        Assert.Equal(text, MimePart.Parse([.. "X: y\r\n\r\n"u8, .. (utf8 ? Encoding.UTF8 : Encoding.Latin1).GetBytes(text)]).Text);

    [Fact]
    public void Parse_AnyBytes_NeverThrows()
    {
        string[] pieces = ["Content-Type: multipart/mixed; boundary=b\r\n", "\r\n", "--b\r\n", "--b--", "Subject: =?utf-8?Q?=C3", "?=", "Content-Transfer-Encoding: base64\r\n", "quoted-printable", "=", "=\r\n", "filename*0*=''%", ";", "\"", "\\", "é", ":", " ", "\0"];
        var messages = Gen.ArrayOf(Gen.Elements(pieces)).Select(string.Concat).ToArbitrary();
        Prop.ForAll(messages, text =>
        {
            var message = StoredMessage.Read(1, [], "", DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(text));
            return message.Attachments.All(a => a.Size == a.Content.Length);
        }).QuickCheckThrowOnFailure();
    }
}
