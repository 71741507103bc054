package fn

import (
	"errors"
	"fmt"

	"github.com/esfn/esfn/fn/secret"
)

// values makes of what an entry brought the values that it adds to the
// ExternalSecret's data: keys by conversion or by rewrites, then what the entry's
// policies say of each value (externalsecret_controller_secret.go in ESO).
func (e *entry) values(got outcome, last *parsed) (map[string]secret.Value, *Problem) {
	values, where, problem := got.found, "", (*Problem)(nil)
	if e.find == nil {
		where = got.answer.where() + ": "
		values, problem = e.taken(got.answer, last)
	}
	if problem == nil && e.secretKey == "" {
		values, problem = e.keyed(values, where)
	}
	if problem != nil {
		return nil, problem
	}
	for _, key := range sortedKeys(values) {
		plain, err := decodeValue(values[key], e.policies().DecodingStrategy)
		if err != nil {
			return nil, e.wrong("decodingStrategy", "Auto decodes what it can and leaves the rest", "the value for %q %s", key, err)
		}
		if e.policies().NullBytePolicy == "Fail" && hasNullByte(plain) {
			return nil, e.wrong("nullBytePolicy", "set nullBytePolicy: Ignore if it is meant to be binary", "the value for %q has a null byte in it", key)
		}
		values[key] = plain
	}
	return values, nil
}

// wrong is a problem of what the entry reads.
func (e *entry) wrong(field, hint, cause string, args ...any) *Problem {
	return new(e.es.problem(e.remoteField+"."+field, fmt.Sprintf(cause, args...), hint))
}

// taken takes from an answer what the entry's remoteRef or extract asks for.
func (e *entry) taken(a Answer, last *parsed) (map[string]secret.Value, *Problem) {
	where := a.where()
	f, ok := last.of(a.Fields)
	if !ok {
		return nil, e.wrong("key", "", "%s is no JSON object", where)
	}
	if why := f.tooMuch(e.remote.Property); why != "" {
		return nil, e.wrong("property", "take what is needed in several entries, without @ and lists of paths", "%s %s", why, where)
	}
	noField := func() *Problem {
		return e.wrong("property", "field names are case-sensitive, and a dot in a name is written as \\.",
			"no field %q at %s; it has %s", e.remote.Property, where, count(len(f), "field"))
	}
	if e.secretKey != "" {
		value, ok := f.property(e.remote.Property)
		if !ok {
			return nil, noField()
		}
		return map[string]secret.Value{e.secretKey: value}, nil
	}
	extracted, err := f.extract(e.remote.Property)
	switch {
	case errors.Is(err, errNoField):
		return nil, noField()
	case err != nil && e.remote.Property != "":
		return nil, e.wrong("property", "", "%q at %s: %s", e.remote.Property, where, err)
	case err != nil:
		return nil, e.wrong("key", "", "%s: %s", where, err)
	}
	return extracted, nil
}

// keyed gives what a dataFrom[] entry brought its keys. Only where there is no
// rewrite are names converted.
func (e *entry) keyed(values map[string]secret.Value, where string) (map[string]secret.Value, *Problem) {
	all, err := underNames(values), error(nil)
	const oneByOne = "name them one by one under spec.data, each with the secretKey it is to have, or change their keys with rewrite"
	if len(e.operations) == 0 {
		if all, err = convertKeys(all, e.policies().ConversionStrategy); err != nil {
			return nil, new(e.es.problem(e.remoteField, where+err.Error(), oneByOne))
		}
	}
	for i, operation := range e.operations {
		if all, err = operation.apply(all); err != nil {
			advice := &advised{}
			errors.As(err, &advice)
			return nil, new(e.es.problem(fmt.Sprintf("%s.rewrite[%d]", e.field, i), where+err.Error(), advice.hint))
		}
	}
	keys, err := secretKeys(all)
	switch {
	case err != nil && len(e.operations) > 0:
		return nil, new(e.es.problem(e.field+".rewrite", where+err.Error(), "names are not converted where there is a rewrite: add one, as in: regexp: {source: '[^-._a-zA-Z0-9]', target: _}"))
	case err != nil:
		return nil, new(e.es.problem(e.remoteField, where+err.Error(), oneByOne))
	}
	return keys, nil
}

// where says what was read, for messages.
func (a Answer) where() string {
	if a.Version > 0 {
		return fmt.Sprintf("%s (version %d)", a.Path, a.Version)
	}
	return a.Path
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
