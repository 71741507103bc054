package tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// vaultStandIn takes the place of Vault's command line, which cannot be built here:
// the few commands that the READMEs of the examples have, sent to the Vault of
// VAULT_ADDR as the requests that they are. The test binary is it where it is run by
// the name vault; it returns the exit code.
//
//	vault secrets enable -path=MOUNT kv-v2
//	vault kv put MOUNT/PATH FIELD=VALUE…
//	vault policy write NAME -
//	vault auth enable METHOD
//	vault write PATH FIELD=VALUE|FIELD=@FILE…
func vaultStandIn(args []string, stdin io.Reader) int {
	path, body, err := vaultRequest(args, stdin)
	if err == nil {
		err = sendToVault(path, body)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "vault %s: %v\n", strings.Join(args, " "), err)
		return 1
	}
	return 0
}

// vaultRequest is the request that a command stands for.
func vaultRequest(args []string, stdin io.Reader) (path string, body any, err error) {
	commands := strings.Join(args[:min(2, len(args))], " ")
	switch {
	case commands == "secrets enable" && len(args) == 4 && strings.HasPrefix(args[2], "-path=") && args[3] == "kv-v2":
		return "sys/mounts/" + strings.TrimPrefix(args[2], "-path="), map[string]any{"type": "kv", "options": map[string]string{"version": "2"}}, nil
	case commands == "kv put" && len(args) > 3:
		mount, key, _ := strings.Cut(args[2], "/")
		fields, err := vaultFields(args[3:])
		return mount + "/data/" + key, map[string]any{"data": fields}, err
	case commands == "policy write" && len(args) == 4 && args[3] == "-":
		text, err := io.ReadAll(stdin)
		return "sys/policies/acl/" + args[2], map[string]string{"policy": string(text)}, err
	case commands == "auth enable" && len(args) == 3:
		return "sys/auth/" + args[2], map[string]string{"type": args[2]}, nil
	case len(args) > 2 && args[0] == "write":
		fields, err := vaultFields(args[2:])
		return args[1], fields, err
	}
	return "", nil, fmt.Errorf("none that the stand-in knows")
}

func vaultFields(args []string) (map[string]string, error) {
	fields := map[string]string{}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not FIELD=VALUE", arg)
		}
		if file, ok := strings.CutPrefix(value, "@"); ok {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			value = string(text)
		}
		fields[name] = value
	}
	return fields, nil
}

func sendToVault(path string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest("POST", os.Getenv("VAULT_ADDR")+"/v1/"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("X-Vault-Token", os.Getenv("VAULT_TOKEN"))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		said, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("%s: %s", answer.Status, said)
	}
	return nil
}
