package tests

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/esfn/esfn/tests/testbed"
)

// google is the one fake of Google of the test process: every Vault is started
// with the key that it asks Google with.
var google *testbed.FakeGoogle

const awsAccount = "111122223333"

// cmdSTSStart starts a fake of AWS STS of a region, and has Vault's aws method ask
// it; a SERVER-ID is what Vault then wants in every login. With -ahead its clock is ten
// minutes ahead: what is signed now has expired there. It sets $STS.
//
//	sts-start [-ahead] REGION [SERVER-ID]
func cmdSTSStart(ts *testscript.TestScript, neg bool, args []string) {
	clock := time.Now
	if len(args) > 0 && args[0] == "-ahead" {
		clock, args = func() time.Time { return time.Now().Add(10 * time.Minute) }, args[1:]
	}
	plain(ts, neg, len(args) == 1 || len(args) == 2, "sts-start [-ahead] REGION [SERVER-ID]")
	s := storyOf(ts)
	s.sts = testbed.NewFakeSTS(args[0], clock, s.leaks)
	ts.Defer(s.sts.Close)
	ts.Setenv("STS", s.sts.Address)
	_, err := s.vault.Write("sys/auth/aws", map[string]string{"type": "aws"})
	ts.Check(err)
	_, err = s.vault.Write("auth/aws/config/client", map[string]string{
		"sts_endpoint": s.sts.Address, "sts_region": args[0], "iam_server_id_header_value": strings.Join(args[1:], ""),
	})
	ts.Check(err)
}

// cmdSTSUser gives a user of AWS an access key, or a temporary one, which goes with a
// session token.
//
//	sts-user NAME ACCESS-KEY-ID SECRET-ACCESS-KEY [SESSION-TOKEN]
func cmdSTSUser(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 3 || len(args) == 4, "sts-user NAME ACCESS-KEY-ID SECRET-ACCESS-KEY [SESSION-TOKEN]")
	storyOf(ts).sts.AddUser(args[1], testbed.FakeUser{ARN: "arn:aws:iam::" + awsAccount + ":user/" + args[0], Secret: args[2], Session: strings.Join(args[3:], "")})
}

// cmdSTSRole makes a role of AWS that a user may take on, or who bears a token of a
// service account, for AWS STS, that the real API server vouches for.
//
//	sts-role NAME USER [EXTERNAL-ID]
//	sts-role NAME NAMESPACE/NAME
func cmdSTSRole(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 2 || len(args) == 3, "sts-role NAME USER|NAMESPACE/NAME [EXTERNAL-ID]")
	role := testbed.FakeRole{User: "arn:aws:iam::" + awsAccount + ":user/" + args[1], ExternalID: strings.Join(args[2:], "")}
	if namespace, name, ok := strings.Cut(args[1], "/"); ok {
		kube, err := cluster.start(os.Stderr)
		ts.Check(err)
		role = testbed.FakeRole{Accepts: func(token string) bool {
			return kube.WhoseToken(token, "sts.amazonaws.com") == "system:serviceaccount:"+namespace+":"+name
		}}
	}
	storyOf(ts).sts.AddRole("arn:aws:iam::"+awsAccount+":role/"+args[0], role)
}

// cmdSTSRequests asserts what esfn has asked AWS STS so far, in order. What Vault asks
// is left out: GetCallerIdentity.
//
//	sts-requests ['ACTION STATUS'…]
func cmdSTSRequests(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, true, "sts-requests ['ACTION STATUS'…]")
	got := slices.DeleteFunc(storyOf(ts).sts.Requests(), func(request string) bool { return strings.HasPrefix(request, "GetCallerIdentity ") })
	if !slices.Equal(got, args) {
		ts.Fatalf("esfn has asked AWS STS: %q, want %q", got, args)
	}
}

// cmdVaultAWSRole lets a user of AWS, or who has taken on a role, log in to Vault with
// a role.
//
//	vault-aws-role ROLE user/NAME|role/NAME POLICY
func cmdVaultAWSRole(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 3, "vault-aws-role ROLE user/NAME|role/NAME POLICY")
	_, err := storyOf(ts).vault.Write("auth/aws/role/"+args[0], map[string]any{
		"auth_type": "iam", "bound_iam_principal_arn": "arn:aws:iam::" + awsAccount + ":" + args[1], "resolve_aws_unique_ids": false, "token_policies": args[2],
	})
	ts.Check(err)
}

// cmdKubeAnnotate annotates a service account.
//
//	kube-annotate NAMESPACE/NAME KEY=VALUE…
func cmdKubeAnnotate(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) > 1, "kube-annotate NAMESPACE/NAME KEY=VALUE…")
	kube, err := cluster.start(os.Stderr)
	ts.Check(err)
	namespace, name, _ := strings.Cut(args[0], "/")
	annotations := map[string]string{}
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		annotations[key] = value
	}
	ts.Check(kube.Annotate(namespace, name, annotations))
}

// cmdGoogleStart has Vault's gcp method ask the fake of Google, and gives service
// accounts keys: the files NAME.json, and the same in base64 in $NAME_KEY. It sets
// $METADATA, for GCE_METADATA_HOST.
//
//	google-start NAME…
func cmdGoogleStart(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) > 0, "google-start NAME…")
	s := storyOf(ts)
	for _, name := range args {
		key, err := google.AddAccount(name+googleDomain, "made-up-key-of-"+name)
		ts.Check(err)
		var file struct {
			PrivateKey string `json:"private_key"`
		}
		ts.Check(json.Unmarshal([]byte(key), &file))
		s.leaks.RememberLines("the private key of "+name, file.PrivateKey)
		ts.Check(os.WriteFile(ts.MkAbs(name+".json"), []byte(key), 0o600))
		ts.Setenv(strings.ToUpper(name)+"_KEY", base64.StdEncoding.EncodeToString([]byte(key)))
	}
	ts.Setenv("METADATA", strings.TrimPrefix(google.Address, "http://"))
	_, err := s.vault.Write("sys/auth/gcp", map[string]string{"type": "gcp"})
	ts.Check(err)
	_, err = s.vault.Write("auth/gcp/config", map[string]any{"custom_endpoint": map[string]string{"api": google.Address, "iam": google.Address}})
	ts.Check(err)
}

const googleDomain = "@made-up.iam.gserviceaccount.com"

// cmdGoogleDeleteKeys takes the keys of a service account away.
//
//	google-delete-keys NAME
func cmdGoogleDeleteKeys(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) == 1, "google-delete-keys NAME")
	google.DeleteKeys(args[0] + googleDomain)
}

// cmdGoogleRunAs gives the machine the identity of a service account, or none, or one
// that is wrong in some way.
//
//	google-run-as [NAME [-expired|-other-audience]]
func cmdGoogleRunAs(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) < 3, "google-run-as [NAME [-expired|-other-audience]]")
	email := ""
	if len(args) > 0 {
		email = args[0] + googleDomain
	}
	var claims map[string]any
	switch strings.Join(args[min(1, len(args)):], "") {
	case "":
	case "-expired":
		claims = map[string]any{"iat": time.Now().Add(-2 * time.Hour).Unix(), "exp": time.Now().Add(-time.Hour).Unix()}
	case "-other-audience":
		claims = map[string]any{"aud": "https://made-up.example.com/vault/other"}
	default:
		ts.Fatalf("google-run-as has no flag %s", args[1])
	}
	google.RunAs(email, claims)
}

// cmdVaultGCPRole lets a service account of Google's log in to Vault with a role.
//
//	vault-gcp-role ROLE NAME POLICY [FIELD=VALUE…]
func cmdVaultGCPRole(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, len(args) > 2, "vault-gcp-role ROLE NAME POLICY [FIELD=VALUE…]")
	role := map[string]any{"type": "iam", "bound_service_accounts": args[1] + googleDomain, "token_policies": args[2]}
	for _, arg := range args[3:] {
		field, value, _ := strings.Cut(arg, "=")
		role[field] = value
	}
	_, err := storyOf(ts).vault.Write("auth/gcp/role/"+args[0], role)
	ts.Check(err)
}
