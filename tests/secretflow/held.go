package secretflow

import (
	"go/types"
	"slices"
	"strings"
)

// origins are where a text may come from: [revealed], or a parameter of the function
// that it is in. Of parameter n there are two bits: what it is, and what the keys of it
// are where it is a map.
type origins uint64

// revealed is what [secret.Value.Reveal] gives.
const revealed origins = 1

// most is how many parameters, with the variables that a closure shares, have bits.
const most = 31

func parameter(n int) origins { return 1 << (1 + 2*n) }

// held is what a value of the program has of secrets. Keys of a map are known apart from
// what is under them: names of fields are shown in messages, and values are not.
type held struct{ itself, keys origins }

// ofParameter is what parameter n has, whatever that is.
func ofParameter(n int) held { return held{parameter(n), parameter(n) << 1} }

func (h held) and(other held) held { return held{h.itself | other.itself, h.keys | other.keys} }

// all is for who sees all of a value, as a message does.
func (h held) all() origins { return h.itself | h.keys }

// in turns what a function has of its parameters into what it has of what they are in
// one call.
func (h held) in(given []held) held {
	return held{h.itself.in(given), h.keys.in(given)}
}

func (o origins) in(given []held) origins {
	all := o & revealed
	for n, one := range given {
		if o&parameter(n) != 0 {
			all |= one.itself
		}
		if o&(parameter(n)<<1) != 0 {
			all |= one.keys
		}
	}
	return all
}

// as is what of h a type can have.
func (h held) as(of types.Type) held {
	if !canHold(of) {
		return held{}
	}
	switch of := of.Underlying().(type) {
	case *types.Basic:
		h.keys = 0
	case *types.Map:
		if !canHold(of.Key()) {
			h.keys = 0
		}
		if !canHold(of.Elem()) {
			h.itself = 0
		}
	}
	return h
}

// canHold tells a type that can have a part of a secret. A number or a truth tells too
// little of it, and what is in a message was reported where it was put there. Of the
// program's own structs, [secret.Value] among them, the fields have what there is, and not
// the whole; a function has what it gives.
func canHold(of types.Type) bool {
	if message(of) != "" {
		return false
	}
	switch of := of.Underlying().(type) {
	case *types.Basic:
		return of.Info()&types.IsString != 0 || of.Kind() == types.Byte || of.Kind() == types.Rune
	case *types.Map:
		return canHold(of.Key()) || canHold(of.Elem())
	}
	return ownStruct(of) == nil && !isCarrier(of)
}

// carriers are types of other modules that are there to be written or sent: a document,
// a request, and what makes a connection. What is in them is not followed.
var carriers = []string{
	"go.yaml.in/yaml/v3.Node", "sigs.k8s.io/kustomize/kyaml/yaml.RNode",
	"net/http.Request", "net/http.Client", "net/http.Transport", "crypto/tls.Config",
	"github.com/hashicorp/vault/api.Client",
}

func isCarrier(of types.Type) bool {
	switch of := types.Unalias(of).(type) {
	case *types.Pointer:
		return isCarrier(of.Elem())
	case *types.Slice:
		return isCarrier(of.Elem())
	case *types.Array:
		return isCarrier(of.Elem())
	case *types.Named:
		return of.Obj().Pkg() != nil && slices.Contains(carriers, of.Obj().Pkg().Path()+"."+of.Obj().Name())
	}
	return false
}

// ownStruct is the struct of the program's own that a type is, points to, or is a list
// of; nil for another.
func ownStruct(of types.Type) *types.Struct {
	switch of := of.Underlying().(type) {
	case *types.Pointer:
		return ownStruct(of.Elem())
	case *types.Slice:
		return ownStruct(of.Elem())
	case *types.Array:
		return ownStruct(of.Elem())
	case *types.Chan:
		return ownStruct(of.Elem())
	case *types.Struct:
		if of.NumFields() == 0 || isOurs(of.Field(0)) {
			return of
		}
	}
	return nil
}

// isValue tells the secret type, or a pointer to it, or many of it.
func isValue(of types.Type) bool {
	switch of := types.Unalias(of).(type) {
	case *types.Named:
		return of.Obj().Name() == "Value" && of.Obj().Pkg() != nil && of.Obj().Pkg().Path() == secretPath
	case *types.Pointer:
		return isValue(of.Elem())
	case *types.Slice:
		return isValue(of.Elem())
	case *types.Array:
		return isValue(of.Elem())
	case *types.Map:
		return isValue(of.Elem()) || isValue(of.Key())
	}
	return false
}

// isOurs tells what the program declares itself.
func isOurs(declared types.Object) bool {
	return declared != nil && declared.Pkg() != nil && strings.HasPrefix(declared.Pkg().Path(), module)
}
