package vaultsrc

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/esfn/esfn/fn"
)

// serverFault is a fault of reaching the server, at whatever named it.
func (e endpoint) serverFault(hint, cause string) *fn.Fault {
	if e.addressFrom != "" {
		return &fn.Fault{Scope: fn.RunScope, Field: e.addressFrom, Cause: cause, Hint: hint}
	}
	return &fn.Fault{Scope: fn.StoreScope, Field: "spec.provider.vault.server", Cause: cause, Hint: hint}
}

// addressFault is a fault of an address that is none.
func (e endpoint) addressFault(err error) *fn.Fault {
	return e.serverFault("write it as in https://vault.example.com:8200", err.Error())
}

// credentialFault is a fault of what a field of the store refers to.
func (e endpoint) credentialFault(c fn.Credential) *fn.Fault {
	return &fn.Fault{Scope: fn.StoreScope, Field: cmp.Or(c.Field, e.Login.Field), Cause: c.Unresolved, Hint: c.Hint}
}

// loginFault is a fault of logging in, at whatever said how to.
func (e endpoint) loginFault(hint, cause string) *fn.Fault {
	if e.tokenFrom != "" {
		return &fn.Fault{Scope: fn.RunScope, Field: e.tokenFrom, Cause: cause, Hint: hint}
	}
	return &fn.Fault{Scope: fn.StoreScope, Field: e.Login.Field, Cause: cause, Hint: hint}
}

// accountFault is a fault of the service account that the store names.
func (e endpoint) accountFault(hint, cause string, args ...any) *fn.Fault {
	return &fn.Fault{Scope: fn.StoreScope, Field: cmp.Or(e.Login.ServiceAccount.Field, e.Login.Field+".serviceAccountRef"), Cause: fmt.Sprintf(cause, args...), Hint: hint}
}

// placed puts a fault that has no place yet at a field of the store.
func placed(fault *fn.Fault, field string) *fn.Fault {
	if fault != nil && fault.Scope == fn.EntryScope {
		fault.Scope, fault.Field = fn.StoreScope, field
	}
	return fault
}

// atVariable makes faults that are a variable's.
func atVariable(variable string) func(cause string) *fn.Fault {
	return func(cause string) *fn.Fault { return &fn.Fault{Scope: fn.RunScope, Field: variable, Cause: cause} }
}

// asFault is an error of a login as the fault that it is.
func asFault(err error) *fn.Fault {
	var fault *fn.Fault
	if !errors.As(err, &fault) {
		fault = &fn.Fault{Cause: "failed by a fault of esfn's own; please report it"}
	}
	return fault
}
