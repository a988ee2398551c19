import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type Document, type Operation, resolve, type Schema, typeText } from './document';

/** Parameters, body, responses, and a command to try it with. */
export function OperationDetail({ document, operation }: { document: Document; operation: Operation }) {
  const bodies = Object.entries(operation.requestBody?.content ?? {});
  return (
    <SpaceBetween size="s">
      <Command operation={operation} />
      {operation.parameters && operation.parameters.length > 0 && (
        <Fields
          title="Parameters"
          rows={operation.parameters.map(one => ({
            name: one.name,
            note: `${one.in}${one.required ? ', required' : ''}`,
            type: typeText(one.schema),
            text: one.description,
          }))}
        />
      )}
      {bodies.length > 0 && (
        <>
          <div className="dg-soft">Body: {bodies.map(([media]) => media).join(', ')}</div>
          <Body document={document} schema={bodies[0][1].schema} />
        </>
      )}
      {Object.entries(operation.responses).map(([status, response]) => {
        const content = Object.entries(response.content ?? {})[0];
        return (
          <div key={status}>
            <div>
              <b>{status}</b>{' '}
              <span className="dg-soft">
                {response.description} {content?.[0]}
              </span>
            </div>
            {status.startsWith('2') && content && <Body document={document} schema={content[1].schema} />}
          </div>
        );
      })}
    </SpaceBetween>
  );
}

function Command({ operation }: { operation: Operation }) {
  const parts = ['curl -s'];
  if (operation.method !== 'get') parts.push(`-X ${operation.method.toUpperCase()}`);
  parts.push(`"${window.location.origin}${operation.path}"`, '-H "Authorization: Bearer $DNSGUARD_TOKEN"');
  if (operation.parameters?.some(one => one.name === 'If-Match')) parts.push("-H 'If-Match: *'");
  const media = Object.keys(operation.requestBody?.content ?? {})[0];
  if (media) parts.push(`-H 'Content-Type: ${media}'`, '--data-binary @body');
  const text = parts.join(' ');
  return (
    <div className="dg-code">
      {text}{' '}
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel="Copy the command"
        copySuccessText="Copied"
        copyErrorText="The browser did not allow it"
      />
    </div>
  );
}

function Body({ document, schema }: { document: Document; schema: Schema | undefined }) {
  const found = resolve(document, schema);
  const fields = Object.entries(found?.properties ?? {});
  if (fields.length === 0) return <code className="dg-mono">{typeText(schema)}</code>;
  return (
    <Fields
      title={typeText(schema)}
      rows={fields.map(([name, field]) => ({
        name,
        note: found?.required?.includes(name) ? 'always' : '',
        type: typeText(field),
        text: field.description,
      }))}
    />
  );
}

interface Row {
  name: string;
  note: string;
  type: string;
  text?: string;
}

function Fields({ title, rows }: { title: string; rows: Row[] }) {
  return (
    <table className="dg-fields">
      <caption>{title}</caption>
      <tbody>
        {rows.map(row => (
          <tr key={row.name}>
            <th scope="row">
              <span className="dg-mono">{row.name}</span> <span className="dg-soft">{row.note}</span>
            </th>
            <td>
              <span className="dg-mono">{row.type}</span>
              {row.text && <div className="dg-soft">{row.text}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
