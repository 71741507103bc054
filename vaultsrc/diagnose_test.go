package vaultsrc

import (
	"strings"
	"testing"
	"time"

	"github.com/esfn/esfn/fn"
)

func TestWhatHealthMeans(t *testing.T) {
	e := endpoint{Connection: fn.Connection{Server: "https://vault.example:8200"}}
	for _, tc := range []struct {
		name   string
		status int
		body   string
		says   string
		fault  string
	}{
		{"sound", 200, `{"initialized":true,"sealed":false,"standby":false,"version":"1.21.4"}`, "version 1.21.4", ""},
		{"Enterprise, a standby", 200, `{"initialized":true,"standby":true,"version":"1.21.4+ent","enterprise":true}`, "version 1.21.4+ent, Enterprise, a standby node", ""},
		{"sealed", 200, `{"initialized":true,"sealed":true}`, "", "Vault at vault.example:8200 is sealed"},
		{"not initialized", 200, `{"initialized":false,"sealed":true}`, "", "Vault at vault.example:8200 is not initialized"},
		{"another program's JSON", 200, `{"status":"ok"}`, "", "vault.example:8200 answered 200 to sys/health, and not as Vault does"},
		{"a page", 200, `<html>made-up</html>`, "", "vault.example:8200 answered 200 to sys/health, and not as Vault does"},
		{"a proxy's fault", 502, `made-up`, "", "vault.example:8200 answered 502 to sys/health, and not as Vault does"},
	} {
		says, fault := e.health(tc.status, []byte(tc.body))
		got := ""
		if fault != nil {
			got = fault.Cause
		}
		if says != tc.says || got != tc.fault {
			t.Errorf("%s: got %q, %q", tc.name, says, got)
		}
	}
}

func TestATimeInTheLeastWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		59*time.Minute + 59*time.Second: "1h",
		768 * time.Hour:                 "768h",
		90 * time.Minute:                "1h30m",
		20 * time.Minute:                "20m",
		90 * time.Second:                "1m30s",
		10*time.Second + 400:            "10s",
	} {
		if got := about(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

// TestDescribeSendsNothing looks at each way to say who logs in, by what.
func TestDescribeSendsNothing(t *testing.T) {
	const vault = "https://vault.example:8200"
	ofOperator := packageToken(vault)
	ofOperator.Operator = true
	ofOperator.Login.Credential.Secret, ofOperator.Login.Credential.Operator = "Secret vault/login, key token", "Secret vault/login"
	for _, tc := range []struct {
		name string
		env  map[string]string
		c    fn.Connection
		want string
	}{
		{"all by the environment", map[string]string{"VAULT_ADDR": "https://a.example", "VAULT_TOKEN": "made-up", "VAULT_NAMESPACE": "team"}, packageToken(vault),
			"server: https://a.example, from VAULT_ADDR|namespace: team, from VAULT_NAMESPACE|method: none: by a token that is there already|credential: the token of VAULT_TOKEN"},
		{"a service account", nil, serviceAccount(vault),
			"server: https://vault.example:8200, from the store|method: auth/ with role \"r\"|credential: a token of the service account ns/sa"},
		{"the operator's store and Secret", nil, ofOperator,
			"server: https://vault.example:8200, from the operator's store|method: none: by a token that is there already|credential: Secret vault/login, key token of the operator"},
		{"a password in the address", nil, packageToken("https://ada:made-up@vault.example"), "server: an address that cannot be used, from the store|method: none: by a token that is there already"},
		{"a token in the address", nil, packageToken("https://vault.example/?token=made-up"), "server: an address that cannot be used, from the store|method: none: by a token that is there already"},
		{"a password and no scheme", nil, packageToken("ada:made-up@vault.example"), "server: an address that cannot be used, from the store|method: none: by a token that is there already"},
		{"an Agent", nil, fn.Connection{Server: "unix:///run/agent.sock"},
			"server: unix:///run/agent.sock, from the store|method: none: a Vault Agent or Proxy at that address has to log in itself"},
	} {
		source := New(settingsOf(t, tc.env))
		var got []string
		for _, check := range source.Describe(tc.c) {
			got = append(got, check.Name+": "+check.Says)
		}
		if s := strings.Join(got, "|"); s != tc.want {
			t.Errorf("%s: got %s", tc.name, s)
		}
		source.Close()
	}
}

// TestTheHintOfPathsIsBounded has more paths than a hint can name, of which none may
// be read.
func TestTheHintOfPathsIsBounded(t *testing.T) {
	t.Parallel()
	address, _ := fakeVault(t, 200, `{"data":{},"initialized":true}`)
	c := packageToken(address)
	var refs []fn.Ref
	for i := range 13 {
		refs = append(refs, ref(c, i))
	}
	source := New(settingsOf(t, nil))
	defer source.Close()
	var last Check
	source.Diagnose(t.Context(), c, refs, func(check Check) { last = check })
	if last.Fault == nil || !strings.HasPrefix(last.Fault.Cause, "13 of 13 paths") ||
		strings.Count(last.Fault.Hint, "capabilities") != 10 || !strings.HasSuffix(last.Fault.Hint, " and so for 3 more") {
		t.Errorf("got %+v", last.Fault)
	}
}
